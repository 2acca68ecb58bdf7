//! studio-core

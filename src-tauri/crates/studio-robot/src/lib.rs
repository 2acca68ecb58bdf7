//! studio-robot

//! studio-rtc

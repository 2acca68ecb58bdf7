//! studio-ui
fn main() {}

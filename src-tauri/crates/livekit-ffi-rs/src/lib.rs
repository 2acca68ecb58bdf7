//! x
#![allow(dead_code)]
mod proto;

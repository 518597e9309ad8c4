//! The program as it is started and ended.

mod serve;

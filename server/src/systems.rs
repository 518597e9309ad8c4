//! Outside systems. One port per system, in the words of the house; its drivers lie beneath it and are named only by
//! `boot`. A driver looks before it makes, names things so that it finds them again, and says what it saw.

pub mod chat;
pub mod cluster;
pub mod database;
pub mod gateway;
pub mod http;
pub mod identity;
pub mod letters;
pub mod mail;
pub mod site;
pub mod wordpress;

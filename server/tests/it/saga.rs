mod engine;
mod machine;
mod toy;

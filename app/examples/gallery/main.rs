//! Renders every page in every state to `target/gallery`, with example data, so that people and tools can look at
//! them: `cargo run -p app --features ssr --example gallery`.

mod data;
mod house;
mod logs;
mod marks;
mod page;
mod people;
mod scenes;
mod steps;
mod tokens;

use std::{error::Error, fs, path::Path};

fn main() -> Result<(), Box<dyn Error>> {
    any_spawner::Executor::init_futures_executor()?;
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let out = root.join("target/gallery");
    fs::create_dir_all(&out)?;
    fs::copy(root.join("style/slipway.css"), out.join("slipway.css"))?;
    for name in ["page.js", "boot.js", "favicon.svg"] {
        fs::copy(root.join("app/assets/static").join(name), out.join(name))?;
    }
    for scene in scenes::scenes() {
        let name = scene.name;
        for theme in ["light", "dark"] {
            let html = futures::executor::block_on(page::page(scene.clone(), theme));
            fs::write(out.join(format!("{name}.{theme}.html")), html)?;
        }
    }
    Ok(())
}

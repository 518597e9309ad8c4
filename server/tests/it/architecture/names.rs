//! Reads the paths that a source file names: `crate::…`, `super::…` and `self::…`, in `use` lines and in between, with
//! their braces spread out. No parser for Rust, but the formatter keeps the sources in a form that this can read.

use std::{
    fs,
    path::{Path, PathBuf},
};

/// A source file.
pub(super) struct Source {
    /// Its path in the repository.
    pub(super) file: String,
    /// Its module: `["saga", "engine", "desk"]`; empty for `lib` and `main`.
    pub(super) module: Vec<String>,
    /// Paths it names, from the crate's root.
    pub(super) names: Vec<Vec<String>>,
    /// Its code without comments and unit tests.
    pub(super) text: String,
    /// As it is.
    pub(super) whole: String,
    pub(super) lines: usize,
}

/// All source files beneath a folder of the repository.
pub(super) fn sources(folder: &str) -> Vec<Source> {
    let root = Path::new(super::ROOT).join(folder);
    let mut files = Vec::new();
    walk(&root, &mut files);
    assert!(files.len() > 20, "{folder} is not where it was");
    files.iter().map(|file| source(folder, &root, file)).collect()
}

fn walk(folder: &Path, files: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).expect("a folder") {
        let path = entry.expect("an entry").path();
        match path.is_dir() {
            true => walk(&path, files),
            false if path.extension().is_some_and(|e| e == "rs") => files.push(path),
            false => {}
        }
    }
}

fn source(folder: &str, root: &Path, file: &Path) -> Source {
    let whole = fs::read_to_string(file).expect("it is text");
    let inside = file.strip_prefix(root).expect("it is beneath").with_extension("");
    let mut module: Vec<String> = inside.iter().map(|part| part.to_string_lossy().into_owned()).collect();
    if module == ["lib"] || module == ["main"] {
        module.clear();
    }
    let text = code(&whole);
    let names = names(&module, &text);
    let file = format!("{folder}/{}.rs", inside.display());
    Source { file, module, names, lines: whole.lines().count(), text, whole }
}

/// Without comment lines and without the unit tests at the end.
fn code(whole: &str) -> String {
    let body = whole.split("#[cfg(test)]\nmod ").next().unwrap_or_default();
    let line = |l: &str| if l.trim_start().starts_with("//") { String::new() } else { l.to_owned() };
    body.lines().map(|l| line(l) + "\n").collect()
}

/// Words, `::`, and single characters.
fn tokens(text: &str) -> Vec<&str> {
    let mut found = Vec::new();
    let mut rest = text;
    while let Some(first) = rest.chars().next() {
        let word = rest.find(|c: char| !c.is_alphanumeric() && c != '_').unwrap_or(rest.len());
        let length = match first {
            _ if word > 0 => word,
            ':' if rest.starts_with("::") => 2,
            _ => first.len_utf8(),
        };
        if !first.is_whitespace() {
            found.push(&rest[..length]);
        }
        rest = &rest[length..];
    }
    found
}

fn names(module: &[String], text: &str) -> Vec<Vec<String>> {
    let tokens = tokens(text);
    let mut found = Vec::new();
    for at in 0..tokens.len() {
        let begins = matches!(tokens[at], "crate" | "super" | "self") && tokens.get(at + 1) == Some(&"::");
        if begins && (at == 0 || tokens[at - 1] != "::") {
            let mut paths = Vec::new();
            spread(&tokens, at, &[], &mut paths);
            found.extend(paths.iter().map(|path| from_root(module, path)).filter(|p| !p.is_empty()));
        }
    }
    found
}

/// Collects the paths that begin at a token; gives the place behind them.
fn spread(tokens: &[&str], mut at: usize, before: &[&str], paths: &mut Vec<Vec<String>>) -> usize {
    if tokens[at] == "{" {
        at += 1;
        while tokens[at] != "}" {
            at = spread(tokens, at, before, paths);
            at += usize::from(tokens[at] == ",");
        }
        return at + 1;
    }
    let mut path = before.to_vec();
    path.push(tokens[at]);
    at += 1;
    let goes_on = |t: &&str| **t == *"{" || **t == *"*" || t.starts_with(|c: char| c.is_alphabetic() || c == '_');
    if tokens.get(at) == Some(&"::") && tokens.get(at + 1).is_some_and(goes_on) {
        return spread(tokens, at + 1, &path, paths);
    }
    paths.push(path.iter().map(|p| (*p).to_owned()).collect());
    if tokens.get(at) == Some(&"as") { at + 2 } else { at }
}

fn from_root(module: &[String], path: &[String]) -> Vec<String> {
    let mut base = if path[0] == "crate" { Vec::new() } else { module.to_vec() };
    let mut rest = path.iter().skip_while(|part| match part.as_str() {
        "crate" | "self" => true,
        "super" => {
            base.pop();
            true
        }
        _ => false,
    });
    let tail: Vec<String> = rest.by_ref().filter(|part| *part != "self").cloned().collect();
    base.into_iter().chain(tail).collect()
}

#[test]
fn reads_paths_as_the_compiler_does() {
    let module = ["saga".to_owned(), "engine".to_owned()];
    let text = "use super::{plan::Plans, step::{Done as D, Step}};\nuse crate::store;\nfn f() { crate::domain::At(0); self::g() }";
    let found: Vec<String> = names(&module, text).iter().map(|p| p.join("::")).collect();
    let expected =
        ["saga::plan::Plans", "saga::step::Done", "saga::step::Step", "store", "domain::At", "saga::engine::g"];
    assert_eq!(found, expected);
}

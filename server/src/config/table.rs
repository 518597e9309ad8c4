//! From file and environment to values, noting every problem on the way.

use super::{
    SECTIONS, plan,
    section::{Key, Kind, Section, Setting},
};
use std::path::Path;
use toml::{Table, Value};

/// What was read, and what is wrong with it. Values are taken out as sections are read.
#[derive(Default)]
pub(super) struct Tables {
    root: Table,
    pub(super) problems: Vec<String>,
}

impl Tables {
    /// Reads the file. A message of the parser may quote a line of it, so only the place is told.
    pub(super) fn read(&mut self, path: &Path) {
        let text = match std::fs::read_to_string(path) {
            Ok(text) => text,
            Err(e) => return self.problems.push(format!("{}: {e}.", path.display())),
        };
        match text.parse() {
            Ok(root) => self.root = root,
            Err(e) => {
                let e: toml::de::Error = e;
                let line = e.span().map_or(1, |span| text[..span.start.min(text.len())].matches('\n').count() + 1);
                self.problems.push(format!("{}, line {line}: this is not TOML ({}).", path.display(), e.message()));
            }
        }
    }

    /// `SLIPWAY_DATABASE__SERVER__HOST` becomes `database.server.host`. Names without a double underscore belong to
    /// others.
    pub(super) fn overlay(&mut self, env: impl Iterator<Item = (String, String)>) {
        let mut env: Vec<_> = env.filter(|(name, _)| name.starts_with("SLIPWAY_") && name.contains("__")).collect();
        env.sort();
        for (name, text) in env {
            let path: Vec<String> = name["SLIPWAY_".len()..].split("__").map(str::to_lowercase).collect();
            let Some(value) = self.typed(&name, &path, text) else { continue };
            if !put(&mut self.root, &path, value) {
                self.problems.push(format!("{name}: {} is not a section in the file.", path[0]));
            }
        }
    }

    fn typed(&mut self, name: &str, path: &[String], text: String) -> Option<Value> {
        let (key, section) = path.split_last()?;
        if path[0] == plan::SECTION.path {
            self.problems.push(format!("{name}: plans can only be set in the file."));
            return None;
        }
        let key = find(&section.join(".")).and_then(|s| s.keys.iter().find(|k| k.name == key));
        if key.is_none_or(|k| k.kind != Kind::Number) {
            return Some(Value::String(text));
        }
        if let Ok(number) = text.trim().parse() {
            return Some(Value::Integer(number));
        }
        self.problems.push(format!("{name}: write a whole number."));
        None
    }

    /// Complains about each name that no section declares, with the nearest one that is.
    pub(super) fn check_names(&mut self) {
        let root = std::mem::take(&mut self.root);
        self.check("", &root);
        self.root = root;
    }

    fn check(&mut self, path: &str, table: &Table) {
        let known = names(path);
        for (name, value) in table {
            let full = join(path, name);
            if !known.contains(name) {
                let near = known.iter().map(|k| (strsim::jaro_winkler(k, name), k)).max_by(|a, b| a.0.total_cmp(&b.0));
                let hint = match near {
                    Some((likeness, near)) if likeness > 0.75 => format!("did you mean {}?", join(path, near)),
                    _ => format!("here one can set {}.", known.join(", ")),
                };
                self.problems.push(format!("{full}: there is no such key; {hint}"));
            } else if find(&full).is_some() || !names(&full).is_empty() {
                match value {
                    Value::Table(inner) => self.check(&full, inner),
                    _ => self.problems.push(format!("{full}: this is a section, write [{full}].")),
                }
            }
        }
    }

    /// Replaces each `<secret>_file` by what the file holds, without the line break at its end.
    pub(super) fn open_files(&mut self) {
        for section in SECTIONS {
            for key in section.keys.iter().filter(|k| k.kind == Kind::Secret) {
                self.open_file(section, key);
            }
        }
    }

    fn open_file(&mut self, section: &Section, key: &Key) {
        let Some(table) = enter(&mut self.root, section.path) else { return };
        let twin = format!("{}_file", key.name);
        let Some(file) = table.remove(&twin) else { return };
        let full = join(section.path, &twin);
        if table.contains_key(key.name) {
            return self.problems.push(format!("{full}: set either {} or {twin}.", key.name));
        }
        let Value::String(file) = file else {
            return self.problems.push(format!("{full}: write the path of a file."));
        };
        match std::fs::read_to_string(&file) {
            Ok(text) => {
                table.insert(key.name.to_owned(), Value::String(text.trim_end_matches(['\r', '\n']).to_owned()));
            }
            Err(e) => self.problems.push(format!("{full}: {file} cannot be read ({e}).")),
        }
    }

    /// The value of a key, or its default; `None` when a problem was noted.
    pub(super) fn take<T: Setting>(&mut self, section: &Section, name: &str) -> Option<T> {
        let key = section.keys.iter().find(|k| k.name == name)?;
        let found = enter(&mut self.root, section.path).and_then(|t| t.remove(name));
        let full = join(section.path, name);
        let Some(value) = found.or_else(|| default(key)) else {
            if T::absent().is_none() {
                let variable = variable(section, name);
                self.problems.push(format!("{full} is missing: set it in [{}] or as {variable}.", section.path));
            }
            return T::absent();
        };
        if T::KIND != Kind::Number && !value.is_str() {
            self.problems.push(format!("{full}: write a text in quotation marks."));
            return None;
        }
        let empty = value.as_str().is_some_and(|text| text.trim().is_empty());
        if empty {
            self.problems.push(format!("{full} is empty."));
            return None;
        }
        match T::deserialize(value) {
            Ok(value) => Some(value),
            Err(e) => {
                let why = if T::KIND == Kind::Secret { "write a text in quotation marks" } else { e.message() };
                self.problems.push(format!("{full}: {}.", why.trim().trim_end_matches('.')));
                None
            }
        }
    }

    /// The list of plans as it stands in the file.
    pub(super) fn take_plans(&mut self) -> Option<Value> {
        self.root.remove(plan::SECTION.path)
    }
}

/// Name of the environment variable that sets a key.
pub(super) fn variable(section: &Section, key: &str) -> String {
    format!("SLIPWAY_{}__{key}", section.path.replace('.', "__")).to_uppercase()
}

fn default(key: &Key) -> Option<Value> {
    let table: Table = format!("it = {}", key.default?).parse().ok()?;
    table.get("it").cloned()
}

fn find(path: &str) -> Option<&'static Section> {
    SECTIONS.iter().find(|s| s.path == path)
}

/// What may stand in a section: its keys, the twins of its secrets, and the sections right beneath it.
fn names(path: &str) -> Vec<String> {
    let mut names = Vec::new();
    for key in find(path).map_or(&[][..], |s| s.keys) {
        names.push(key.name.to_owned());
        if key.kind == Kind::Secret {
            names.push(format!("{}_file", key.name));
        }
    }
    for section in SECTIONS.iter().chain([&plan::SECTION]) {
        let (above, name) = section.path.rsplit_once('.').unwrap_or(("", section.path));
        if above == path {
            names.push(name.to_owned());
        }
    }
    names
}

fn join(path: &str, name: &str) -> String {
    if path.is_empty() { name.to_owned() } else { format!("{path}.{name}") }
}

fn enter<'a>(root: &'a mut Table, path: &str) -> Option<&'a mut Table> {
    path.split('.').try_fold(root, |table, name| table.get_mut(name)?.as_table_mut())
}

/// `false` when something on the way is no table.
fn put(root: &mut Table, path: &[String], value: Value) -> bool {
    let Some((key, sections)) = path.split_last() else { return false };
    let table = sections.iter().try_fold(root, |table, name| {
        table.entry(name.clone()).or_insert_with(|| Value::Table(Table::new())).as_table_mut()
    });
    table.map(|table| table.insert(key.clone(), value)).is_some()
}

//! Modules of a crate and what they import, read from their source with syn.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::fs;
use std::path::Path;
use syn::visit::{self, Visit};
use syn::{Attribute, File, ItemMod, ItemUse, Macro, Meta, UseTree, Visibility};

/// A path within a crate, without the crate's name: `architecture::jacobi::layout`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Target(String);

impl Target {
    /// Whether it is a module, or something in it.
    pub fn is_in(&self, module: &str) -> bool {
        is_in(&self.0, module)
    }
}

impl fmt::Display for Target {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

fn is_in(path: &str, module: &str) -> bool {
    path == module || path.strip_prefix(module).is_some_and(|rest| rest.starts_with("::"))
}

/// A module: its file, and what it imports.
#[derive(Clone, Debug)]
pub struct Module {
    /// From the root of the project.
    pub file: String,
    /// Its path in the crate; empty for the crate's root.
    path: Vec<String>,
    /// Its source.
    pub text: String,
    /// Paths in its own crate.
    pub imports: BTreeSet<Target>,
    /// Paths in other crates: those of the project without the crate's name, others as they are.
    pub foreign: BTreeSet<Target>,
    /// Whether it prints.
    pub prints: bool,
}

impl Module {
    fn new(file: String, path: Vec<String>, text: String) -> Self {
        let parsed: File = syn::parse_file(&text).unwrap_or_else(|error| panic!("{file}: {error}"));
        let mut reader = Reader { path: path.clone(), ..Reader::default() };
        reader.children = parsed.items.iter().filter_map(child).collect();
        reader.visit_file(&parsed);
        let Reader { imports, foreign, prints, .. } = reader;
        Self { file, path, text, imports, foreign, prints }
    }

    /// The same module with another source.
    pub fn with_text(&self, text: &str) -> Self {
        Self::new(self.file.clone(), self.path.clone(), text.to_owned())
    }

    /// Whether it is a module of its crate, or below it.
    pub fn is_in(&self, module: &str) -> bool {
        is_in(&self.path.join("::"), module)
    }
}

/// The modules of a crate, tests left out.
pub fn modules(root: &Path, folder: &str) -> Vec<Module> {
    let source = root.join(folder).join("src");
    let mut files = Vec::new();
    collect(&source, &mut Vec::new(), &mut files);
    files.sort();
    files
        .into_iter()
        .map(|(path, file)| {
            let text = fs::read_to_string(source.join(&file)).unwrap();
            Module::new(format!("{folder}/src/{file}"), path, text)
        })
        .collect()
}

fn collect(folder: &Path, above: &mut Vec<String>, files: &mut Vec<(Vec<String>, String)>) {
    for entry in fs::read_dir(folder).unwrap() {
        let entry = entry.unwrap();
        let name = entry.file_name().into_string().unwrap();
        if entry.path().is_dir() {
            if name != "tests" {
                above.push(name);
                collect(&entry.path(), above, files);
                above.pop();
            }
        } else if let Some(module) = name.strip_suffix(".rs").filter(|m| *m != "tests" && !m.ends_with("_tests")) {
            let mut path = above.clone();
            if !above.is_empty() || !["lib", "main"].contains(&module) {
                path.push(module.to_owned());
            }
            let file = above.iter().map(|part| format!("{part}/")).collect::<String>() + &name;
            files.push((path, file));
        }
    }
}

/// Groups of files that import each other, directly or through others.
pub fn circles(modules: &[Module]) -> Vec<Vec<String>> {
    let by_path: BTreeMap<&[String], usize> = modules.iter().enumerate().map(|(i, m)| (&m.path[..], i)).collect();
    // The longest part of an import that is a module.
    let module_of = |target: &Target| {
        let parts: Vec<String> = target.0.split("::").map(str::to_owned).collect();
        (0..=parts.len()).rev().find_map(|length| by_path.get(&parts[..length]).copied())
    };
    let direct: Vec<BTreeSet<usize>> = modules
        .iter()
        .enumerate()
        .map(|(i, module)| module.imports.iter().filter_map(module_of).filter(|&to| to != i).collect())
        .collect();
    let reached: Vec<BTreeSet<usize>> = (0..modules.len())
        .map(|start| {
            let (mut reached, mut next) = (BTreeSet::new(), vec![start]);
            while let Some(module) = next.pop() {
                next.extend(direct[module].iter().copied().filter(|&to| reached.insert(to)));
            }
            reached
        })
        .collect();
    let mut found = BTreeSet::new();
    for start in 0..modules.len() {
        let circle: Vec<usize> =
            reached[start].iter().copied().filter(|&other| reached[other].contains(&start)).collect();
        if circle.len() > 1 {
            found.insert(circle);
        }
    }
    found.into_iter().map(|circle| circle.into_iter().map(|i| modules[i].file.clone()).collect()).collect()
}

fn child(item: &syn::Item) -> Option<String> {
    match item {
        syn::Item::Mod(module) if module.content.is_none() => Some(module.ident.to_string()),
        _ => None,
    }
}

/// Whether an item is there only in tests.
fn is_test(attributes: &[Attribute]) -> bool {
    attributes.iter().any(|attribute| match &attribute.meta {
        Meta::List(list) => list.path.is_ident("cfg") && list.tokens.to_string() == "test",
        _ => false,
    })
}

#[derive(Default)]
struct Reader {
    path: Vec<String>,
    children: BTreeSet<String>,
    imports: BTreeSet<Target>,
    foreign: BTreeSet<Target>,
    prints: bool,
}

impl Reader {
    /// A path as it stands in the source.
    fn import(&mut self, parts: &[String]) {
        let Some(first) = parts.first() else { return };
        let ups = parts.iter().take_while(|part| *part == "super").count();
        let mut own = match first.as_str() {
            "crate" => Vec::new(),
            "self" => self.path.clone(),
            "super" => self.path[..self.path.len().saturating_sub(ups)].to_vec(),
            name if self.children.contains(name) => self.path.clone(),
            name => {
                let rest = parts[usize::from(name.starts_with("svdforge"))..].join("::");
                self.foreign.insert(Target(rest));
                return;
            }
        };
        let skipped = match first.as_str() {
            "crate" | "self" => 1,
            "super" => ups,
            _ => 0,
        };
        own.extend_from_slice(&parts[skipped..]);
        self.imports.insert(Target(own.join("::")));
    }

    fn tree(&mut self, tree: &UseTree, before: &mut Vec<String>) {
        match tree {
            UseTree::Path(path) => {
                before.push(path.ident.to_string());
                self.tree(&path.tree, before);
                before.pop();
            }
            UseTree::Name(name) => self.leaf(&name.ident.to_string(), before),
            UseTree::Rename(rename) => self.leaf(&rename.ident.to_string(), before),
            UseTree::Glob(_) => self.import(&before.clone()),
            UseTree::Group(group) => group.items.iter().for_each(|tree| self.tree(tree, before)),
        }
    }

    fn leaf(&mut self, name: &str, before: &[String]) {
        let mut parts = before.to_vec();
        if name != "self" {
            parts.push(name.to_owned());
        }
        self.import(&parts);
    }
}

impl<'ast> Visit<'ast> for Reader {
    fn visit_item_mod(&mut self, module: &'ast ItemMod) {
        if !is_test(&module.attrs) {
            visit::visit_item_mod(self, module);
        }
    }

    fn visit_item_use(&mut self, item: &'ast ItemUse) {
        // What a module re-exports of its children is not an import of them.
        let is_public = !matches!(item.vis, Visibility::Inherited);
        let of_child = match &item.tree {
            UseTree::Path(path) => self.children.contains(&path.ident.to_string()),
            _ => false,
        };
        let is_reexport = is_public && of_child;
        if !(is_reexport || is_test(&item.attrs)) {
            self.tree(&item.tree, &mut Vec::new());
        }
    }

    fn visit_path(&mut self, path: &'ast syn::Path) {
        let parts: Vec<String> = path.segments.iter().map(|segment| segment.ident.to_string()).collect();
        let first = parts[0].as_str();
        let is_absolute = ["crate", "super", "std"].contains(&first) || first.starts_with("svdforge_");
        if parts.len() > 1 && is_absolute {
            self.import(&parts);
        }
        visit::visit_path(self, path);
    }

    fn visit_macro(&mut self, found: &'ast Macro) {
        self.prints |= ["println", "print", "eprintln", "eprint", "dbg"].iter().any(|name| found.path.is_ident(name));
        visit::visit_macro(self, found);
    }
}

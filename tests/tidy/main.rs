//! The rules of the tree as tests: what a reviewer would otherwise have to say again and again.
//!
//! One rule, one file, one test on the tree; beside it stands a sample that breaks the rule, so that a check which
//! cannot fail is noticed. Every failure prints the rule's reason. The tree is what git knows plus what it would
//! add, so a forgotten file counts too.
//!
//! What clippy can say stands in `clippy.toml` instead, and what people must judge is left to review.
mod core_bans;
mod deny_file;
mod dependencies;
mod dialect;
mod documented_paths;
mod file_length;
mod layering;
mod licenses;
mod machine_paths;
mod metadata;
mod migrations;
mod module_docs;
mod registry;
mod rust_source;
mod tree;
mod unfinished;

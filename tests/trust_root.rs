//! Trust roots at the terminal: the page that explains them, the published ones made again from their parts, services
//! that are asked, checkpoints, and what is refused.

#[path = "support/bundles.rs"]
mod bundles;
#[path = "support/folder.rs"]
mod folder;
#[path = "support/pages.rs"]
mod pages;
#[path = "support/terminal.rs"]
mod terminal;
#[path = "support/workspace.rs"]
mod workspace;

#[path = "trust_root/base.rs"]
mod base;
#[path = "trust_root/golden.rs"]
mod golden;
#[path = "trust_root/page.rs"]
mod page;
#[path = "trust_root/refused.rs"]
mod refused;
#[path = "trust_root/services.rs"]
mod services;
#[path = "trust_root/theft.rs"]
mod theft;

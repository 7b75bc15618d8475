//! What the tests share: real servers, real nodes, and the files they leave behind.
//!
//! How to write a test here:
//!
//! 1. Rules are tested beside the code that states them. A test belongs in this package when it needs two of our
//!    crates, a database server, a process or a page.
//! 2. Run the real part. What stands for the outside (the payment provider, the camera's frames) is a program or
//!    a file of its own, never a branch in production code.
//! 3. Await a condition with a deadline; never sleep and hope.
//! 4. Take every folder from `tempfile` and every database from [`mariadb::MariaDb::shared`], so that tests run
//!    side by side and in any order.
//! 5. The name of the test says what must hold. One that proves a row of the acceptance list begins with
//!    `case_` and its number.
pub mod box_office;
pub mod busy_gate;
pub mod buyers;
pub mod central;
pub mod festival;
pub mod filled;
pub mod full_list;
pub mod http;
pub mod large_event;
pub mod letter;
pub mod line;
pub mod mariadb;
pub mod naive_gate;
pub mod panel;
mod panel_rows;
pub mod panel_world;
pub mod pdf;
pub mod post_box;
pub mod post_office;
pub mod program;
pub mod real_gate;
pub mod relay;
pub mod shop;
mod shop_provider;
pub mod temp;
pub mod visit;

//! The program `edge-node`.

fn main() -> std::process::ExitCode {
    edge_node::command::main()
}

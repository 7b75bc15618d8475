//! The program `central`.

fn main() -> std::process::ExitCode {
    central::command::main()
}

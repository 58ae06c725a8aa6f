use std::process::ExitCode;

fn main() -> ExitCode {
    git_desk::main()
}

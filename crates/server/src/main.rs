//! The program `driveway`.

use std::process::ExitCode;

/// Requests make many small allocations that live as long as the request; this allocator is made for that.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    driveway::cli::main()
}

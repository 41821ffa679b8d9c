//! Links the program so that it starts fast.

fn main() {
    println!("cargo::rerun-if-changed=build.rs");
    let target = |key| std::env::var(key).unwrap_or_default();
    if target("CARGO_CFG_TARGET_OS") == "linux" && target("CARGO_CFG_TARGET_ENV") == "gnu" {
        // At a fixed address: otherwise 90,000 addresses are written into the program at each start, which takes as
        // long as all the rest of it. Stack, heap and libraries still lie at random places.
        println!("cargo::rustc-link-arg-bins=-no-pie");
    }
}

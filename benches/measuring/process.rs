//! What a process costs, as the kernel counts it (Linux, proc(5)).

use std::process::{Child, Command};
use std::time::{Duration, Instant};

/// What a process has used.
#[derive(Clone, Copy, Debug, Default)]
pub struct Cost {
    /// Most memory it ever held at a time, in kB (VmHWM).
    pub peak_kb: u64,
    /// Processor time, user and system, in seconds; ticks of 10 ms.
    pub processor: f64,
    /// From its start to its end.
    pub elapsed: Duration,
    /// Its exit code.
    pub exit_code: Option<i32>,
}

/// The unit of systemd that ships: what it sets is set here too.
const UNIT: &str = include_str!("../../packaging/systemd/wederhoor.service");

/// The program, in the environment in which its unit starts it.
pub fn wederhoor() -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_wederhoor"));
    let settings = UNIT.lines().filter_map(|line| line.strip_prefix("Environment=")).flat_map(str::split_whitespace);
    command.envs(settings.filter_map(|setting| setting.split_once('=')));
    command
}

/// Runs a program to its end and counts what it costs.
pub fn run(command: &mut Command) -> Cost {
    let begun = Instant::now();
    let mut child = command.spawn().expect("a process");
    let mut peak_kb = 0;
    // The counts of memory vanish when the process ends; those of time stay until it has been waited for.
    while !has_ended(child.id()) {
        peak_kb = peak_kb.max(memory_kb(child.id(), "VmHWM"));
        std::thread::sleep(Duration::from_millis(2));
    }
    let (elapsed, processor) = (begun.elapsed(), processor_seconds(child.id()));
    let exit_code = child.wait().expect("its exit code").code();
    Cost { peak_kb, processor, elapsed, exit_code }
}

/// Stops a daemon in order.
pub fn terminate(child: &mut Child) {
    let _ = Command::new("kill").args(["-TERM", &child.id().to_string()]).status();
    let _ = child.wait();
}

/// A line of `/proc/PID/status` in kB; 0 when there is no such process.
pub fn memory_kb(process: u32, name: &str) -> u64 {
    let status = std::fs::read_to_string(format!("/proc/{process}/status")).unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(':'));
    line.and_then(|line| line.split_whitespace().next()?.parse().ok()).unwrap_or(0)
}

/// Processor time of a process so far, user and system, in seconds, with that of its children that ended.
pub fn processor_seconds(process: u32) -> f64 {
    let ticks: u32 = fields(process).iter().skip(11).take(4).filter_map(|ticks| ticks.parse::<u32>().ok()).sum();
    f64::from(ticks) / 100.0
}

/// The same of a whole process group, as a server and all its workers are.
pub fn group_seconds(group: u32) -> f64 {
    let entries = std::fs::read_dir("/proc").expect("/proc");
    let processes = entries.flatten().filter_map(|entry| entry.file_name().to_str()?.parse::<u32>().ok());
    let group = group.to_string();
    processes.filter(|process| fields(*process).get(2) == Some(&group)).map(processor_seconds).sum()
}

fn has_ended(process: u32) -> bool {
    fields(process).first().is_none_or(|state| state == "Z")
}

/// The fields of `/proc/PID/stat` behind the name, which may hold anything.
fn fields(process: u32) -> Vec<String> {
    let stat = std::fs::read_to_string(format!("/proc/{process}/stat")).unwrap_or_default();
    stat.rsplit_once(')').map_or("", |(_, rest)| rest).split_whitespace().map(str::to_owned).collect()
}

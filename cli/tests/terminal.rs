//! Tests what a user sees in a terminal: widths of tables, interruptions, commands to copy, completions and manual
//! pages.

use assert_cmd::Command;
use std::fs;
use std::path::Path;
use std::process::{Command as Process, Output, Stdio};
use std::thread::sleep;
use std::time::Duration;
use tempfile::TempDir;

fn svdforge(folder: &Path, arguments: &[&str]) -> Output {
    Command::cargo_bin("svdforge").unwrap().current_dir(folder).args(arguments).output().unwrap()
}

fn printed(folder: &Path, arguments: &[&str]) -> String {
    let output = svdforge(folder, arguments);
    assert_eq!(output.status.code(), Some(0), "{arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap()
}

/// Runs the program with these words of a shell in a terminal with this many columns. The result is its exit status
/// and what the terminal got.
fn in_terminal(folder: &Path, columns: usize, words: &str) -> (Option<i32>, String) {
    let program = assert_cmd::cargo::cargo_bin("svdforge");
    let script = format!("stty cols {columns} rows 40; NO_COLOR=1 '{}' {words}", program.display());
    let output = Process::new("script")
        .args(["-qec", &script, "/dev/null"])
        .current_dir(folder)
        .env("TERM", "xterm")
        .stdin(Stdio::null())
        .output()
        .unwrap();
    (output.status.code(), String::from_utf8(output.stdout).unwrap())
}

/// The lines that belong to tables, without what the terminal is told about bold and coloured text.
fn table_lines(text: &str) -> Vec<String> {
    let plain = |line: &str| {
        let mut parts = line.split("\u{1b}[");
        let first = parts.next().unwrap_or("").to_owned();
        parts.fold(first, |line, part| line + part.split_once(|c: char| c.is_ascii_alphabetic()).map_or("", |p| p.1))
    };
    let is_of_table = |line: &String| line.starts_with(['│', '┌', '╞', '└']);
    text.lines()
        .map(|line| plain(line.rsplit('\r').find(|part| !part.is_empty()).unwrap_or("")))
        .filter(is_of_table)
        .collect()
}

fn matrices(folder: &Path) {
    for (name, sign) in [("a.csv", "-"), ("a longer name.csv", "")] {
        fs::write(folder.join(name), format!("0.5,{sign}0.25,1\n0.125,1,0\n0,0.75,{sign}1\n")).unwrap();
    }
}

const SIMULATE: &str = "simulate --rows 3 --matrix a.csv 'a longer name.csv'";

#[test]
fn tables_fit_the_terminal_and_have_one_width_when_piped() {
    let folder = TempDir::new().unwrap();
    matrices(folder.path());
    for columns in [60, 80, 132] {
        let (status, text) = in_terminal(folder.path(), columns, SIMULATE);
        assert_eq!(status, Some(0), "{text}");
        let lines = table_lines(&text);
        assert!(lines.len() > 15, "{text}");
        for line in &lines {
            assert!(line.chars().count() <= columns, "{columns} columns: {line}");
        }
        // No number and no short word is broken.
        for word in ["compute", "unload", "convergence", "together"] {
            assert!(lines.iter().any(|line| line.contains(&format!(" {word} "))), "{word}: {text}");
        }
    }
    let piped = ["simulate", "--rows", "3", "--matrix", "a.csv", "a longer name.csv"];
    let piped = printed(folder.path(), &piped);
    let widest = table_lines(&piped).iter().map(|line| line.chars().count()).max().unwrap();
    assert!((81..=140).contains(&widest), "{widest} columns:\n{piped}");
    // The heads of this table take one line then.
    let table = piped.lines().skip_while(|line| !line.contains("product - A")).nth(1).unwrap();
    assert!(table.starts_with('╞'), "{piped}");
    // A pipe has this width in a terminal of any width.
    for columns in [60, 200] {
        let (_, text) = in_terminal(folder.path(), columns, &format!("{SIMULATE} | cat"));
        assert_eq!(table_lines(&text), table_lines(&piped));
    }
}

/// The commands that are printed for a folder or file with blanks can be copied into a shell.
#[test]
fn printed_commands_quote_paths() {
    let folder = TempDir::new().unwrap();
    let text = printed(folder.path(), &["generate", "--rows=2", "--out", "my core"]);
    assert!(text.contains("my core/README.md") && text.contains(": cd 'my core' && iverilog"), "{text}");
    let line = text.lines().find_map(|line| line.strip_prefix("To see it work: ")).unwrap();
    let change = line.split(" && ").next().unwrap();
    let script = format!("{change} && test -f core.json");
    let status = Process::new("sh").args(["-c", &script]).current_dir(folder.path()).status().unwrap();
    assert!(status.success(), "{change}");
    let small = ["report", "--suite=quick", "--rows=2", "--word=10", "--guard=3", "--families=ones", "--matrices=1"];
    let text = printed(folder.path(), &[&small[..], &["--shard=1/1", "--out", "my report"]].concat());
    assert!(text.contains("report.html"), "one shard is the whole: {text}");
    let text = printed(folder.path(), &[&small[..], &["--shard=1/2", "--out", "it's half"]].concat());
    assert!(text.contains("svdforge report merge \"it's half\" --out \"it's half\""), "{text}");
    let matrices = ["report", "matrices", "my report/report.json", "--out", "for numpy.json"];
    let text = printed(folder.path(), &matrices);
    assert!(text.contains("svdforge compare 'my report/report.json' --external 'for numpy.json'"), "{text}");
    let replay = ["report", "replay", "my report/report.json", "--matrix=0", "--save", "the matrix.csv"];
    let text = printed(folder.path(), &replay);
    assert!(text.contains("--matrix 'the matrix.csv' --vcd waves.vcd"), "{text}");
}

fn lines(journal: &Path) -> usize {
    fs::read(journal).map_or(0, |text| text.iter().filter(|&&byte| byte == b'\n').count())
}

/// Interrupts a command when it has simulated some matrices. The result is what it printed on stderr.
fn interrupted(folder: &Path, out: &str, arguments: &[&str]) -> String {
    let program = assert_cmd::cargo::cargo_bin("svdforge");
    let child = Process::new(program)
        .args(arguments)
        .current_dir(folder)
        .stdout(Stdio::null())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let journal = folder.join(out).join("matrices-1-of-1.jsonl");
    for _ in 0..60_000 {
        if lines(&journal) > 20 {
            break;
        }
        sleep(Duration::from_millis(1));
    }
    assert!(Process::new("kill").args(["-INT", &child.id().to_string()]).status().unwrap().success());
    let output = child.wait_with_output().unwrap();
    assert_eq!(output.status.code(), Some(130));
    String::from_utf8(output.stderr).unwrap()
}

/// The message says what is kept, and its command continues from there.
#[test]
fn an_interruption_says_what_is_kept_and_how_to_continue() {
    let campaigns: [&[&str]; 2] = [
        &["report", "--suite=quick", "--rows=8", "--word=16", "--guard=4", "--matrices=60", "--out", "my results"],
        &["explore", "--rows=8", "--word=16", "--guard=4,5", "--matrices=60", "--out", "my results"],
    ];
    for arguments in campaigns {
        let folder = TempDir::new().unwrap();
        let message = interrupted(folder.path(), "my results", arguments);
        let line = message.lines().last().unwrap();
        let kept = lines(&folder.path().join("my results/matrices-1-of-1.jsonl")) - 1;
        let told = line.strip_prefix("interrupted: ").and_then(|rest| rest.split(' ').next()).unwrap();
        let told: usize = told.parse().unwrap();
        // One more matrix may have been written just before it was counted.
        assert!(told > 0 && (kept == told || kept == told + 1), "{kept}: {message}");
        assert!(line.contains(" matrices are kept in my results. "), "{message}");
        let command = line.split_once("To continue, run: svdforge ").unwrap().1;
        let program = assert_cmd::cargo::cargo_bin("svdforge");
        let script = format!("'{}' {command}", program.display());
        let output = Process::new("sh").args(["-c", &script]).current_dir(folder.path()).output().unwrap();
        assert!(output.status.success(), "{script}: {}", String::from_utf8_lossy(&output.stderr));
        let note = String::from_utf8(output.stderr).unwrap();
        assert!(note.contains(&format!("continuing this campaign: {kept} of ")), "{note}");
    }
}

/// In a terminal, the line of progress and the ^C are gone, and the message has a line of its own.
#[test]
fn an_interruption_leaves_a_clean_line() {
    let folder = TempDir::new().unwrap();
    let journal = folder.path().join("a/matrices-1-of-1.jsonl");
    let program = assert_cmd::cargo::cargo_bin("svdforge");
    let command = format!("'{}' report --suite quick --rows 8 --matrices 200 --out a", program.display());
    let script = format!(
        "stty cols 80 rows 40; {command} & pid=$!; while test $(cat {0} 2>/dev/null | wc -l) -lt 20; do sleep 0.02; done; kill -INT $pid; wait $pid",
        journal.display()
    );
    let output = Process::new("script")
        .args(["-qec", &format!("sh -c '{}'", script.replace('\'', "'\\''")), "/dev/null"])
        .current_dir(folder.path())
        .env("TERM", "xterm")
        .stdin(Stdio::null())
        .output()
        .unwrap();
    let text = String::from_utf8(output.stdout).unwrap();
    assert_eq!(output.status.code(), Some(130), "{text}");
    assert!(text.contains("simulating matrices, "), "{text}");
    let (before, message) = text.rsplit_once("\r\u{1b}[K").unwrap();
    assert!(message.starts_with("interrupted: ") && message.trim_end().lines().count() == 1, "{text:?}");
    assert!(before.trim_end_matches('\r').ends_with("\u{1b}[2K"), "the line of progress is cleared: {before:?}");
}

#[test]
fn completions_for_every_shell() {
    let folder = TempDir::new().unwrap();
    for (shell, file) in [
        ("bash", "svdforge.bash"),
        ("zsh", "_svdforge"),
        ("fish", "svdforge.fish"),
        ("elvish", "svdforge.elv"),
        ("powershell", "_svdforge.ps1"),
    ] {
        let text = printed(folder.path(), &["completions", shell]);
        for word in ["explore", "guard", "merge", "ecp5"] {
            assert!(word == "ecp5" || text.contains(word), "{shell}: {word}");
        }
        let told = printed(folder.path(), &["completions", shell, "--out", "some/where"]);
        assert!(told.contains(file), "{told}");
        assert_eq!(fs::read_to_string(folder.path().join("some/where").join(file)).unwrap(), text);
    }
    let output = svdforge(folder.path(), &["completions", "tclsh"]);
    assert_eq!(output.status.code(), Some(2));
    assert!(String::from_utf8_lossy(&output.stderr).contains("bash"));
}

/// Bash itself completes a command and an option.
#[test]
fn completions_work_in_bash() {
    let folder = TempDir::new().unwrap();
    let text = printed(folder.path(), &["completions", "bash"]);
    let script = format!(
        "{text}\ncomplete_line() {{ COMP_WORDS=(\"$@\"); COMP_CWORD=$(($# - 1)); _svdforge svdforge \"${{@: -1}}\" \"${{@: -2:1}}\"; echo \"${{COMPREPLY[*]}}\"; }}\n\
         complete_line svdforge exp\ncomplete_line svdforge generate --gua\ncomplete_line svdforge generate --vectors ''\n"
    );
    let output = Process::new("bash").args(["-c", &script]).output().unwrap();
    assert_eq!(String::from_utf8(output.stdout).unwrap(), "explore\n--guard\nuv u v none\n");
}

#[test]
fn manual_pages_of_every_command() {
    let folder = TempDir::new().unwrap();
    let page = printed(folder.path(), &["man"]);
    assert!(page.contains(".TH svdforge 1") && page.contains("svdforge\\-report(1)"), "{page}");
    let page = printed(folder.path(), &["man", "report", "merge"]);
    assert!(page.contains(".TH svdforge-report-merge 1") && page.contains("Journals of shards"), "{page}");
    let told = printed(folder.path(), &["man", "--out", "my pages"]);
    assert!(told.contains("man 'my pages/svdforge.1'"), "{told}");
    let help = printed(folder.path(), &["--help"]);
    let commands = help.lines().skip_while(|line| *line != "Commands:").skip(1).take_while(|line| !line.is_empty());
    let names = commands.filter(|line| line.starts_with("  ") && !line.starts_with("   "));
    let names: Vec<&str> = names.filter_map(|line| line.split_whitespace().next()).filter(|&n| n != "help").collect();
    assert!(names.len() > 12, "{help}");
    for name in names {
        let page = fs::read_to_string(folder.path().join(format!("my pages/svdforge-{name}.1"))).unwrap();
        assert!(page.contains(".SH SYNOPSIS"), "{name}");
    }
    let output = svdforge(folder.path(), &["man", "report", "burn"]);
    let message = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(2));
    assert!(message.contains("burn") && message.contains("merge, replay, matrices"), "{message}");
}

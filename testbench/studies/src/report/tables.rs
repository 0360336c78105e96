//! Makes `report.csv` and `report.md`.

use super::data::Report;
use super::overview::{Overview, digits, range_name, replay, size_name};
use super::sources::{KINDS, Row};
use crate::campaign::{CampaignError, Metric};
use std::fmt::Write;
use svdforge_golden::BySource;
use svdforge_golden::digits::fixed;
use svdforge_hdl::interface::Flags;

/// Columns of `report.csv` that say which matrix it is. Those of the status flags follow, then those of the result.
const MATRIX_COLUMNS: [&str; 18] = [
    "matrix",
    "core",
    "purpose",
    "core_rows",
    "core_cols",
    "word",
    "frac",
    "guard",
    "coef",
    "core_sweeps",
    "family",
    "index",
    "seed",
    "rows",
    "cols",
    "input_exponent",
    "block_exponent",
    "sweeps",
];
/// Columns of `report.csv` with what was measured.
const RESULT_COLUMNS: [&str; 16] = [
    "load_cycles",
    "compute_cycles",
    "unload_cycles",
    "total_cycles",
    "lsb",
    "sigma_max_lsb",
    "sigma_rms_lsb",
    "reconstruction_max_lsb",
    "orthogonality_u_max_lsb",
    "orthogonality_v_max_lsb",
    "off_diagonal_max_lsb",
    "sigma_rms_input_quantisation_lsb",
    "sigma_rms_rounding_lsb",
    "sigma_rms_angle_precision_lsb",
    "sigma_rms_convergence_lsb",
    "sigma_rms_total_lsb",
];

/// The text of `report.csv`, with one row for each matrix.
pub fn csv(report: &Report) -> Result<String, CampaignError> {
    let error = |e: &dyn std::fmt::Display| CampaignError::Drawing { what: "report.csv", message: e.to_string() };
    let mut writer = csv::Writer::from_writer(Vec::new());
    let status = Flags::default().all().map(|(name, _)| name);
    let names = MATRIX_COLUMNS.into_iter().chain(status).chain(RESULT_COLUMNS);
    writer.write_record(names).map_err(|e| error(&e))?;
    for r in &report.records {
        let planned = &report.plan.cores[r.core];
        let shape = &planned.core.0;
        let (flags, cycles, a) = (&r.flags, &r.cycles, &r.accuracy);
        let sweeps = shape.sweeps().to_string();
        let core = (shape.rows(), shape.cols(), shape.word(), shape.frac(), shape.guard(), shape.coef(), sweeps);
        let matrix = (r.family, r.index, r.seed, r.rows, r.cols, r.input_exponent, r.block_exponent, r.sweeps);
        let status: Vec<bool> = flags.all().map(|(_, set)| set).collect();
        let cycles = (cycles.load, cycles.compute, cycles.unload, cycles.total);
        let errors = (
            (a.lsb, a.sigma_max_lsb, a.sigma_rms_lsb),
            (a.reconstruction_max_lsb, a.orthogonality_u_max_lsb, a.orthogonality_v_max_lsb, a.off_diagonal_max_lsb),
        );
        let sources = r.sources.map(|sources| sources.sigma_rms_lsb);
        let sources = (sources.map_or([None; 4], |s| s.parts().map(Some)), sources.map(|s| s.total));
        let row = ((r.matrix, r.core, planned.purpose), core, matrix, status, cycles, errors, sources);
        writer.serialize(row).map_err(|e| error(&e))?;
    }
    let bytes = writer.into_inner().map_err(|e| error(&e))?;
    String::from_utf8(bytes).map_err(|e| error(&e))
}

/// The text of `report.md`, with the figures in tables.
pub fn markdown(overview: &Overview<'_>) -> String {
    let mut text = String::new();
    // Writing to a string cannot fail.
    let _ = write_markdown(&mut text, overview);
    text
}

fn write_markdown(text: &mut String, overview: &Overview<'_>) -> std::fmt::Result {
    let settings = &overview.report.plan.settings;
    let metrics = overview.metrics();
    let sizes: Vec<String> = overview.sizes.iter().map(|&size| size_name(size)).collect();
    writeln!(text, "# {}\n", overview.title())?;
    writeln!(
        text,
        "svdforge {}, {} matrices, {} cores: sizes {}; words of {} bits; {} guard bits; {}; input scale {}.\n",
        settings.version,
        overview.report.records.len(),
        overview.cores.len(),
        sizes.join(", "),
        range_name(&overview.words),
        range_name(&overview.guards),
        overview.common(),
        settings.input_scale
    )?;
    writeln!(text, "| what must hold | matrices | violations | |\n|---|---|---|---|")?;
    for check in &overview.checks {
        let verdict = match check.holds {
            Some(true) => "holds",
            Some(false) => "FAILS",
            None => "nothing to check",
        };
        writeln!(text, "| {} | {} | {} | {verdict} |", check.name, check.matrices, check.failed.len())?;
    }
    writeln!(
        text,
        "\n## Worst errors of each core\n\nIn LSB, units of the last place of the input (orthogonality: of 2^-(word-1)); cycles from the first element in to the \
         last word out. The page `report.html` has the charts.\n"
    )?;
    let symbols: Vec<&str> = metrics.iter().map(|metric| metric.symbol()).collect();
    writeln!(
        text,
        "| size | word | guard | {} | sweeps, mean-max | cap | cycles, mean | multipliers |",
        symbols.join(" | ")
    )?;
    writeln!(text, "|---|---|---|{}---|---|---|---|", "---|".repeat(metrics.len()))?;
    for &core in overview.cores.values() {
        let shape = overview.report.plan.shape(core);
        let (statistics, figures) = (&overview.statistics[core], &overview.report.figures[core]);
        let error = |metric: &Metric| statistics.of(*metric).map_or("-".to_owned(), |spread| digits(spread.max));
        let errors: Vec<String> = metrics.iter().map(error).collect();
        writeln!(
            text,
            "| {} x {} | {} | {} | {} | {:.1}-{} | {} | {:.0} | {} |",
            shape.rows(),
            shape.cols(),
            shape.word(),
            shape.guard(),
            errors.join(" | "),
            statistics.sweeps.mean,
            statistics.sweeps.max,
            figures.sweep_cap,
            statistics.cycles.mean,
            figures.multipliers
        )?;
    }
    let rows = KINDS[0].by_guard(overview);
    if !rows.is_empty() {
        writeln!(
            text,
            "\n## Where errors of the values come from\n\nRoot mean squares in LSB, against the matrix before it was quantised, word {}.\n",
            overview.word
        )?;
        writeln!(text, "| size | guard | {} | together |\n|---|---|---|---|---|---|---|", BySource::NAMES.join(" | "))?;
        for Row { size, x, errors } in rows {
            let parts = errors.parts().map(|error| fixed(error, 3)).join(" | ");
            writeln!(text, "| {} | {x} | {parts} | {} |", size_name(size), fixed(errors.total, 3))?;
        }
    }
    writeln!(text, "\n## Worst matrices\n\nWord {}, {} guard bits.\n", overview.word, overview.guard)?;
    writeln!(text, "| size | error | LSB | family | seed | command |\n|---|---|---|---|---|---|")?;
    for (size, worst) in overview.worst() {
        let (error, record) = (digits(worst.error), worst.record);
        writeln!(
            text,
            "| {} | {} | {error} | {} | {} | `{}` |",
            size_name(size),
            worst.metric.name(),
            record.family,
            record.seed,
            replay(record)
        )?;
    }
    Ok(())
}

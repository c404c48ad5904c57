//! Colours and rules, in one place. Every level of a factor has one colour throughout; the initialisers have those of Okabe &
//! Ito 2008 that keep apart under every colour vision, lightened for dark paper.

use std::fmt::Write;

use cortex::{Communicability, Distance, Initialiser};

use crate::Level;

/// A colour of the page: its name, on light and on dark paper.
struct Colour {
    name: &'static str,
    light: &'static str,
    dark: &'static str,
}

const COLOURS: [Colour; 22] = [
    Colour { name: "paper", light: "#ffffff", dark: "#14161a" },
    Colour { name: "ink", light: "#1a1c20", dark: "#e7e8eb" },
    Colour { name: "muted", light: "#5c6169", dark: "#a3a8b1" },
    Colour { name: "rule", light: "#c4c8ce", dark: "#474c55" },
    Colour { name: "faint", light: "#eceef1", dark: "#262a31" },
    Colour { name: "functional", light: "#0072b2", dark: "#56b4e9" },
    Colour { name: "relabelled", light: "#d55e00", dark: "#f2894a" },
    Colour { name: "orthogonal", light: "#70757d", dark: "#a7acb5" },
    Colour { name: "control", light: "#00795a", dark: "#3fc49c" },
    Colour { name: "distance", light: "#9a3f86", dark: "#e08fd0" },
    Colour { name: "released", light: "#6f7d1c", dark: "#b7c75a" },
    Colour { name: "grid", light: "#8d8799", dark: "#aaa4b8" },
    Colour { name: "communicability", light: "#8a6a00", dark: "#e3c13c" },
    Colour { name: "matched", light: "#6b4423", dark: "#c79a6e" },
    Colour { name: "accent", light: "#b3264a", dark: "#ff8ba0" },
    Colour { name: "cluster0", light: "#0072b2", dark: "#56b4e9" },
    Colour { name: "cluster1", light: "#d55e00", dark: "#f2894a" },
    Colour { name: "cluster2", light: "#00795a", dark: "#3fc49c" },
    Colour { name: "cluster3", light: "#b0548f", dark: "#e39ac8" },
    Colour { name: "cluster4", light: "#9a7d00", dark: "#f0d94a" },
    Colour { name: "cluster5", light: "#8a8f98", dark: "#8a8f98" },
    Colour { name: "link", light: "#0b5394", dark: "#8ab8ff" },
];

/// Rules of the marks in charts; `@name` is a colour.
const CHART: &str = "
svg text{fill:@ink;font-size:11px}
svg .title{font-size:12px;font-weight:600}
svg .narrow{font-size:10px;letter-spacing:-.01em}
svg .small{fill:@muted;font-size:10px}
svg .mid{text-anchor:middle}
svg .end{text-anchor:end}
svg .axis{stroke:@rule;stroke-width:1;fill:none}
svg .guide{stroke:@faint;stroke-width:1;fill:none}
svg .chance{stroke:@muted;stroke-width:1;stroke-dasharray:1.5 2.5;fill:none}
svg .functional{color:@functional}
svg .relabelled{color:@relabelled}
svg .orthogonal{color:@orthogonal}
svg .control{color:@control}
svg .distance{color:@distance}
svg .released{color:@released}
svg .grid{color:@grid}
svg .communicability{color:@communicability}
svg .matched{color:@matched}
svg .accent{color:@accent}
svg .any{color:@ink}
svg .cluster0{color:@cluster0}
svg .cluster1{color:@cluster1}
svg .cluster2{color:@cluster2}
svg .cluster3{color:@cluster3}
svg .cluster4{color:@cluster4}
svg .cluster5{color:@cluster5}
svg .points{stroke:currentColor;stroke-width:2.2;stroke-linecap:round;stroke-opacity:.7;fill:none}
svg .somata{stroke:currentColor;stroke-width:4.2;stroke-linecap:round;stroke-opacity:.8;fill:none}
svg .nodes{stroke:currentColor;stroke-linecap:round;fill:none}
svg .edges{stroke:currentColor;stroke-width:.7;stroke-opacity:.45;fill:none}
svg .bar{stroke:@muted;stroke-width:2;fill:none}
svg .run{fill:currentColor;fill-opacity:.5}
svg .runs{stroke:currentColor;stroke-width:4;stroke-linecap:round;stroke-opacity:.5;fill:none}
svg .cross{stroke:currentColor;stroke-width:1.2;fill:none}
svg .mean{fill:currentColor;stroke:@paper;stroke-width:.8}
svg .open{fill:@paper;stroke:currentColor;stroke-width:1.6}
svg .strong{font-weight:600}
svg .negligible{fill:@faint}
svg .zero{stroke:@muted;stroke-width:1;fill:none}
svg .of-task{fill:@paper;stroke:currentColor;stroke-width:1}
svg .of-task-interval{stroke:currentColor;stroke-width:1;stroke-opacity:.65;fill:none}
svg .interval{stroke:currentColor;stroke-width:1.6;fill:none}
svg .reported{fill:none;stroke:@ink;stroke-width:1.2}
svg .band{fill:currentColor;fill-opacity:.2}
svg .training{stroke:currentColor;stroke-width:1.7;fill:none;stroke-linejoin:round}
svg .validation{stroke:@ink;stroke-width:1.1;stroke-dasharray:3 2.2;fill:none}
svg .named{fill:currentColor}
";

const PAGE: &str = "
*{box-sizing:border-box}
body{margin:0;background:var(--paper);color:var(--ink);font:16px/1.55 system-ui,-apple-system,'Segoe UI',Roboto,'Helvetica Neue',Arial,sans-serif;-webkit-text-size-adjust:100%}
main{max-width:68rem;margin:0 auto;padding:2.5rem 1.25rem 4rem}
h1,h2,h3,h4{line-height:1.25;font-weight:650;margin:0}
h1{font-size:1.9rem;letter-spacing:-.01em}
h2{font-size:1.4rem;margin-top:3.5rem;padding-top:1rem;border-top:1px solid var(--rule)}
header+section h2{margin-top:2rem}
h3{font-size:1.1rem;margin-top:2.25rem}
h4{font-size:.95rem;margin:1.5rem 0 .5rem}
p{max-width:46rem;margin:.6rem 0}
a{color:var(--link)}
nav ul{list-style:none;display:flex;flex-wrap:wrap;gap:.2rem 1.1rem;margin:.9rem 0 0;padding:0;font-size:.875rem}
.findings{list-style:none;margin:.8rem 0 1.2rem;padding:0;max-width:52rem}
.findings li{margin:.55rem 0;padding-left:.8rem;border-left:3px solid var(--rule)}
.findings .arm{display:block;color:var(--muted);font-size:.8125rem}
.files{overflow-wrap:anywhere}
.note,figcaption{color:var(--muted);font-size:.875rem;max-width:50rem}
figure{margin:1rem 0 0}
figcaption{margin-top:.4rem}
.panels{display:grid;gap:1.1rem 1.2rem;grid-template-columns:repeat(auto-fill,minmax(min(100%,19.5rem),1fr))}
.panels.narrow{gap:.5rem .75rem;grid-template-columns:repeat(auto-fill,minmax(min(46%,9.6rem),1fr))}
.panels.medium{gap:1rem .9rem;grid-template-columns:repeat(auto-fill,minmax(min(46%,12rem),1fr))}
.panels.wide{gap:1.4rem 2.6rem;grid-template-columns:repeat(auto-fill,minmax(min(100%,25rem),1fr))}
.panels svg{display:block;width:100%;height:auto;overflow:visible}
.legend{list-style:none;display:flex;flex-wrap:wrap;gap:.15rem 1.1rem;margin:.4rem 0 .8rem;padding:0;font-size:.8125rem;color:var(--muted)}
.legend li{display:flex;align-items:center;gap:.4rem}
.legend svg{flex:none;width:22px;height:14px}
summary{cursor:pointer}
details{margin-top:.8rem}
.scroll{overflow-x:auto;margin-top:.6rem;-webkit-overflow-scrolling:touch}
table{border-collapse:separate;border-spacing:0;font-size:.875rem;font-variant-numeric:tabular-nums;line-height:19px}
th,td{padding:5px 12px;text-align:right;vertical-align:top;white-space:nowrap;font-weight:400}
thead th{vertical-align:bottom;color:var(--muted)}
thead tr:first-child th{border-top:1.5px solid var(--ink);padding-top:7px}
thead tr:last-child th{border-bottom:1px solid var(--rule)}
tbody:last-child tr:last-child th,tbody:last-child tr:last-child td{border-bottom:1.5px solid var(--ink)}
th[scope=row],.text{text-align:left}
th[scope=colgroup]{text-align:center;color:var(--ink);font-weight:600}
th[scope=rowgroup]{text-align:left;color:var(--muted);font-size:.8125rem;padding-top:11px}
th[scope=row],th[scope=col].text:first-child{position:sticky;left:0;background:var(--paper)}
th[scope=row],th[scope=rowgroup],th.text:first-child{padding-left:.15rem}
th[rowspan]{border-bottom:1px solid var(--rule)}
td small,th small{display:block;color:var(--muted);font-size:.8125rem;line-height:17px}
.wrap{white-space:normal;min-width:14rem;overflow-wrap:anywhere}
.variant{font-weight:600}
.variant.functional{color:var(--functional)}
.variant.relabelled{color:var(--relabelled)}
.variant.orthogonal{color:var(--orthogonal)}
.variant.control{color:var(--control)}
.first{border-left:1px solid var(--faint)}
code{font-family:ui-monospace,SFMono-Regular,Menlo,Consolas,monospace;font-size:.92em}
ul.notes{padding-left:1.1rem;max-width:50rem;font-size:.875rem}
@media screen and (prefers-color-scheme:dark){svg image,svg .ink{filter:invert(1) hue-rotate(180deg)}}
@media (max-width:40rem){main{padding:1.5rem 1rem 3rem}h1{font-size:1.5rem}th,td{padding:5px 8px}.wrap{min-width:8.5rem}}
@media print{@page{margin:15mm}.legend{break-after:avoid}:root{font-size:10pt}body{font-size:1rem}th[scope]{position:static}main{max-width:none;padding:0}.panels{grid-template-columns:repeat(3,1fr)}.panels.narrow{grid-template-columns:repeat(6,1fr)}.panels svg,tr,li{break-inside:avoid}h2,h3,h4,thead,tr:has([scope=rowgroup]){break-after:avoid}figcaption,summary{break-before:avoid}.scroll{overflow:visible}table{font-size:.8rem;line-height:1.3}td small,th small{line-height:1.3}td small,th small,th[scope=rowgroup]{font-size:.74rem}th,td{padding:.15rem .45rem}}
";

/// The style of the page: colours as variables, dark where the reader's screen is.
pub(crate) fn page() -> String {
    let variables = |shade: fn(&Colour) -> &'static str| {
        COLOURS.iter().fold(String::new(), |mut text, colour| {
            let _ = write!(text, "--{}:{};", colour.name, shade(colour));
            text
        })
    };
    let light = variables(|colour| colour.light);
    let dark = variables(|colour| colour.dark);
    format!(
        "\n:root{{color-scheme:light dark;{light}}}\n@media screen and (prefers-color-scheme:dark){{:root{{{dark}}}}}{PAGE}{}",
        chart(|colour| format!("var(--{})", colour.name)).trim_start()
    )
}

/// The style of a figure's file: fixed light colours, which every renderer knows.
pub(crate) fn standalone() -> String {
    chart(|colour| colour.light.to_owned())
}

fn chart(shown: impl Fn(&Colour) -> String) -> String {
    COLOURS
        .iter()
        .fold(CHART.to_owned(), |rules, colour| rules.replace(&format!("@{}", colour.name), &shown(colour)))
}

/// The class that colours what belongs to an initialiser.
pub(crate) fn class(initialiser: Initialiser) -> &'static str {
    match initialiser {
        Initialiser::Functional => "functional",
        Initialiser::Rearranged | Initialiser::Relabelled => "relabelled",
        Initialiser::Orthogonal => "orthogonal",
        _ => "control",
    }
}

/// The class that colours what belongs to a level of a factor.
pub(crate) fn level_class(level: Level) -> &'static str {
    match level {
        Level::Initialiser(initialiser) => class(initialiser),
        Level::Distance(Distance::Measured) => "distance",
        Level::Distance(Distance::Grid) => "grid",
        Level::Distance(Distance::Exactly(_)) => "control",
        Level::Communicability(Communicability::Own) => "communicability",
        Level::Communicability(Communicability::Empirical) => "matched",
        Level::Distance(Distance::None) | Level::Communicability(Communicability::None) => "any",
    }
}

/// The order of initialisers in legends and groups: the study's, then controls, then the baseline.
pub(crate) fn rank(initialiser: Initialiser) -> (u8, Initialiser) {
    let group = match initialiser {
        Initialiser::Functional => 0,
        Initialiser::Rearranged => 1,
        Initialiser::Orthogonal => 3,
        _ => 2,
    };
    (group, initialiser)
}

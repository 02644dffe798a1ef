package figure

// CSS are the rules of all pictures, for the style sheet of a page, which gives the colours: --ink, --ink2, --owner, --owner-tint,
// --intruder, --intruder-tint, --undecided, --undecided-tint, --axis, --line, --land, --weekend and --bg.
const CSS = `.fig{display:block;width:100%;height:auto;overflow:visible}
.fig text{fill:var(--ink);font-size:12.5px;font-variant-numeric:tabular-nums}
.fig .fig-head{font-size:14px;font-weight:600}
.fig .fig-2{fill:var(--ink2)}
.fig .fig-small{font-size:12px}
.fig .fig-b{font-weight:600}
.fig .fig-to{fill:var(--owner)}
.fig .fig-ti{fill:var(--intruder)}
.fig .fig-tu{fill:var(--undecided)}
.fig-bar,.fig-dot{fill:var(--owner)}
.fig-out{fill:none;stroke:var(--axis);stroke-width:1;stroke-dasharray:2 1.5}
.fig-dia{fill:var(--intruder)}
.fig-dia-o{fill:var(--bg);stroke:var(--intruder);stroke-width:1.4}
.fig-sq{fill:var(--bg);stroke:var(--undecided);stroke-width:1.5;stroke-dasharray:2.2 1.4}
.fig-col{fill:var(--intruder-tint);stroke:var(--intruder);stroke-width:1}
.fig-col-u{fill:var(--undecided-tint);stroke:var(--undecided);stroke-width:1;stroke-dasharray:3 2}
.fig-pole{stroke:var(--intruder);stroke-width:1;fill:none}
.fig-pole-u{stroke:var(--undecided);stroke-width:1;stroke-dasharray:3 2;fill:none}
.fig-week{fill:var(--weekend)}
.fig-line{stroke:var(--line);stroke-width:1;fill:none}
.fig-axis{stroke:var(--axis);stroke-width:1;fill:none}
.fig-cut{stroke:var(--axis);stroke-width:1;stroke-dasharray:2 2;fill:none}
.fig-hatch{stroke:var(--line);stroke-width:1.2;fill:none}
.fig-plate{fill:var(--bg)}
.fig-visit{fill:var(--intruder-tint)}
.fig-land{fill:var(--land);stroke:var(--bg);stroke-width:.6;stroke-linejoin:round}
.fig-grid{stroke:var(--line);stroke-width:.6;fill:none}
.fig-tint-i{fill:var(--intruder-tint);stroke:var(--intruder);stroke-width:1;stroke-linejoin:round}
.fig-tint-o{fill:var(--owner-tint);stroke:var(--owner);stroke-width:1;stroke-linejoin:round}
.fig-tint-u{fill:var(--undecided-tint);stroke:var(--undecided);stroke-width:1;stroke-dasharray:3 2;stroke-linejoin:round}
.fig-lead-i{stroke:var(--intruder);stroke-width:1;fill:none}
.fig-lead-o{stroke:var(--owner);stroke-width:1;fill:none}
.fig-lead-u{stroke:var(--undecided);stroke-width:1;fill:none}
.fig-arc{stroke:var(--intruder);stroke-width:1.5;stroke-dasharray:5 3.5;fill:none}
.fig .fig-halo{stroke:var(--bg);stroke-width:4;stroke-linejoin:round;paint-order:stroke}
.fig-on-land{fill:var(--intruder);stroke:var(--bg);stroke-width:1.2}
.fig-on-land-o{fill:var(--owner);stroke:var(--bg);stroke-width:1.2}
.fig-on-land-u{fill:var(--bg);stroke:var(--undecided);stroke-width:1.5;stroke-dasharray:2.2 1.4}
.fig a text{fill:var(--link,var(--ink))}
`

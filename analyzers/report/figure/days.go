package figure

import (
	"html/template"
	"math"
	"slices"
	"strconv"
	"strings"
	"time"

	"triage/analyzers/report"
)

// What the picture of days shows, and at which sizes.
const (
	inFull    = 12 // accounts with five lanes; the others have one
	inBrief   = 40
	phoneBins = 18
)

// frame is the room of one form of the picture.
type frame struct {
	width, gutter, right float64
	from, bins           int // bins of the axis that are shown
	narrow               bool
}

func (f *frame) step() float64        { return (f.width - f.gutter - f.right) / float64(f.bins) }
func (f *frame) x(bin int) float64    { return f.gutter + float64(bin-f.from)*f.step() }
func (f *frame) end() float64         { return f.width - f.right }
func (f *frame) shows(bin int) bool   { return bin >= f.from && bin < f.from+f.bins }
func (f *frame) middle(b int) float64 { return f.x(b) + f.step()/2 }

const (
	laneHigh  = 29.0
	barHigh   = 14.0
	briefHigh = 24.0
)

// Days draws the acts of accounts by time: five lanes each for the first twelve by an intruder's first act, one for others.
func Days(r *report.Report, o Options) Figure {
	out := Figure{ID: "fig-days", Title: "Day by day", Table: Table{Head: []string{"Account", "When", "What", "Whose", "Acts"}, Rows: [][]string{}}}
	list := drawable(r.Lanes)
	if len(list) == 0 {
		out.Empty = "No picture of days: no account has an intruder, an undecided visit or a finding of medium level that this report could draw."
		return out
	}
	out.Title = spanTitle(list)
	out.Note = daysNote(r, list)
	for _, x := range list {
		daysTable(&out.Table, x, &o)
	}
	wide := frame{width: 1060, gutter: 128, right: 84}
	out.SVG = drawDays(r, list, &o, wide, out.ID, out.Title)
	out.Phone = drawDays(r, list, &o, frame{width: 360, gutter: 84, right: 6, narrow: true}, out.ID+"-phone", out.Title)
	return out
}

// drawable are the accounts that have an axis, as a careless or hostile document may not give them.
func drawable(all []report.AccountLanes) []*report.AccountLanes {
	var list []*report.AccountLanes
	for i := range all {
		x := &all[i]
		if _, ok := day(string(x.From)); ok && x.Bins > 0 && x.Bins <= 100 {
			list = append(list, x)
		}
	}
	return list
}

// parted are the accounts that have five lanes each, where somebody else was, and those that have one.
func parted(list []*report.AccountLanes) (full, brief []*report.AccountLanes) {
	for _, x := range list {
		if (x.Hostile != 0 || len(x.Visits) > 0) && len(full) < inFull {
			full = append(full, x)
		} else {
			brief = append(brief, x)
		}
	}
	return full, brief[:min(len(brief), inBrief)]
}

// What stands in one drawing: a page of paper has room for it, and would cut a longer one anywhere.
const (
	fullEach  = 3
	briefEach = 18
)

// drawDays draws one form of the picture: several drawings below each other, each with its axis.
func drawDays(r *report.Report, list []*report.AccountLanes, o *Options, f frame, id, title string) template.HTML {
	full, brief := parted(list)
	all := slices.Concat(full, brief)
	var out template.HTML
	number := 0
	for part, list := range [][]*report.AccountLanes{full, brief} {
		for n, chunk := range slices.Collect(slices.Chunk(list, [2]int{fullEach, briefEach}[part])) {
			c := &canvas{id: id, width: f.width}
			if number++; number > 1 {
				c.id += "-" + strconv.Itoa(number)
			}
			c.hatch()
			y := 4.0
			for i, x := range chunk {
				if i == 0 || !sameAxis(chunk[i-1], x) { // tenants have axes of their own
					from := n*[2]int{fullEach, briefEach}[part] + i + part*len(full)
					for from > 0 && sameAxis(all[from-1], x) {
						from--
					}
					f.from, f.bins = window(all[from:], f.narrow)
				}
				d := &plot{c: c, f: &f, x: x, o: o, r: r}
				switch {
				case part == 0:
					y = d.full(y)
				case i == 0:
					y = d.brief(d.others(y, len(full) > 0))
				default:
					y = d.brief(y)
				}
				if i+1 == len(chunk) || !sameAxis(x, chunk[i+1]) {
					if part > 0 {
						y += 14
					}
					y = d.axis(y) + 10
				}
			}
			out += c.svg(y, title, "Bars: acts of the owner. Diamonds: acts of an intruder. Dashed squares: acts of which nobody can say whose they were. The table beside it has the same facts.")
		}
	}
	return out
}

func sameAxis(x, y *report.AccountLanes) bool {
	return x.Unit == y.Unit && x.From == y.From && x.Bins == y.Bins && x.Tenant == y.Tenant
}

// window is which bins are shown: all, or on a phone some around the visits of the first accounts.
func window(list []*report.AccountLanes, narrow bool) (from, bins int) {
	all := list[0].Bins
	if !narrow || all <= phoneBins {
		return 0, all
	}
	first := all - 1 // without any visit the end is shown
	for _, x := range list {
		if !sameAxis(x, list[0]) {
			break
		}
		for _, lane := range x.Lanes {
			for _, m := range lane.Attacker {
				first = min(first, m.Bin)
			}
		}
	}
	if first == all-1 {
		for _, lane := range list[0].Lanes {
			for _, m := range lane.Undecided {
				first = min(first, m.Bin)
			}
		}
	}
	return max(min(first-3, all-phoneBins), 0), phoneBins
}

// plot draws one account.
type plot struct {
	c *canvas
	f *frame
	x *report.AccountLanes
	o *Options
	r *report.Report
}

// full draws five lanes and gives the height below them.
func (d *plot) full(y float64) float64 {
	d.heading(y + 14)
	top := y + 40
	bottom := top + 5*laneHigh
	d.ground(top, bottom)
	d.columns(top, bottom)
	titles := laneTitles()
	if d.f.narrow {
		titles[4] = "Delete, rule"
	}
	for i, title := range titles {
		lane := top + float64(i)*laneHigh
		d.c.line("fig-line", d.f.gutter, lane+laneHigh, d.f.end(), lane+laneHigh)
		d.c.text(d.f.gutter-10, lane+laneHigh-10, "fig-small", "end", title)
	}
	d.c.line("fig-axis", d.f.gutter, top, d.f.gutter, bottom)
	for i := range d.x.Lanes {
		if at := laneAt(d.x.Lanes[i].Lane); at >= 0 {
			d.lane(&d.x.Lanes[i], top+float64(at)*laneHigh)
		}
	}
	d.flags(top)
	return bottom + 14
}

// heading names the account and says what became of it.
func (d *plot) heading(y float64) {
	class, said := "fig-small fig-2", "no visit, findings only"
	switch {
	case d.x.Hostile != 0:
		class, said = "fig-small fig-b fig-ti", "◆ taken "+shortDay(at(d.x.Hostile))
	case len(d.x.Visits) > 0:
		class, said = "fig-small fig-b fig-tu", "□ undecided"
	}
	d.c.open("text", attrs("x", 0, "y", y))
	d.c.elements += 2
	d.c.b.WriteString(`><tspan class="fig-head">` + escaped(fit(d.o.name(d.x.Account), 14, d.f.width*0.55)) + `</tspan><tspan class="` + class + `" dx="14">` + escaped(said) + "</tspan></text>\n")
	if !d.f.narrow {
		d.legend(y + 17)
	}
}

// legend heads the sums.
func (d *plot) legend(row float64) {
	var dot, dia, sq strings.Builder
	disc(&dot, d.f.end()+23.5, row, 4.2)
	diamond(&dia, d.f.end()+49.5, row, 5.2)
	box(&sq, d.f.end()+72.5, row-4.5, 9, 9)
	d.c.path("fig-dot", &dot)
	d.c.path("fig-dia", &dia)
	d.c.path("fig-sq", &sq)
}

// ground are weekends, and stretches of which nothing is known.
func (d *plot) ground(top, bottom float64) {
	from, ok := day(string(d.x.From))
	if d.x.Unit == "day" && ok {
		var b strings.Builder
		for i := range d.f.bins {
			at := from.AddDate(0, 0, d.f.from+i)
			if w := at.Weekday(); w == time.Saturday || w == time.Sunday {
				box(&b, d.f.x(d.f.from+i), top, d.f.step(), bottom-top)
			}
		}
		d.c.path("fig-week", &b)
	}
	for _, gap := range d.gaps() {
		x, end := d.f.x(gap[0]), d.f.x(gap[1]+1)
		d.c.hatched(x, top, end-x, bottom-top)
		if end-x >= 58 && bottom-top > 2*laneHigh {
			y := (top + bottom) / 2
			d.c.rect("fig-plate", (x+end)/2-27, y-9, 54, 18)
			d.c.text((x+end)/2, y+4, "fig-small fig-2", "middle", "no data")
		}
	}
}

// columns are the days on which somebody else was there.
func (d *plot) columns(top, bottom float64) {
	his, others := d.marked()
	draw := func(class string, bins []bool, high float64) {
		var b strings.Builder
		for from := 0; from < len(bins); from++ {
			if !bins[from] || !d.f.shows(from) {
				continue
			}
			to := from
			for to+1 < len(bins) && bins[to+1] && d.f.shows(to+1) {
				to++
			}
			box(&b, d.f.x(from), top-high, d.f.x(to+1)-d.f.x(from), bottom-top+high)
			from = to
		}
		d.c.path(class, &b)
	}
	draw("fig-col-u", others, 4)
	draw("fig-col", his, 4)
}

// marked are the bins with acts of intruders, and those with undecided ones alone.
func (d *plot) marked() (his, others []bool) {
	his, others = make([]bool, d.x.Bins), make([]bool, d.x.Bins)
	for i := range d.x.Lanes {
		markBins(his, d.x.Lanes[i].Attacker)
		markBins(others, d.x.Lanes[i].Undecided)
	}
	for i := range his {
		others[i] = others[i] && !his[i]
	}
	return his, others
}

// markBins sets the bins of marks.
func markBins(bins []bool, marks []report.LaneMark) {
	for _, m := range marks {
		if m.Bin >= 0 && m.Bin < len(bins) {
			bins[m.Bin] = true
		}
	}
}

// lane draws one lane: bars below, marks above, sums beside.
func (d *plot) lane(l *report.Lane, top float64) {
	d.bars(l.Owner, l.Unplaced, top+laneHigh)
	his, others := make([]bool, d.x.Bins), make([]bool, d.x.Bins)
	markBins(his, l.Attacker)
	markBins(others, l.Undecided)
	d.symbols(his, others, top+8)
	if d.f.narrow {
		return
	}
	for i, one := range []struct {
		n     int
		class string
	}{
		{l.Sum.Owner, "fig-small fig-to"},
		{l.Sum.Attacker, "fig-small fig-b fig-ti"},
		{l.Sum.Undecided, "fig-small fig-tu"},
	} {
		class := one.class
		if one.n == 0 {
			class = "fig-small fig-2"
		}
		d.c.text(d.f.end()+28+float64(i)*27, top+laneHigh-10, class, "end", brief(one.n))
	}
}

// bars stand on a line: the owner's solid, and outlined on top of them what nobody can be named for because no place is recorded.
func (d *plot) bars(owner, unplaced []int, base float64) {
	most := largest(owner, unplaced)
	if most == 0 {
		return
	}
	high := func(n int) float64 {
		if n == 0 {
			return 0
		}
		return max(barHigh*math.Sqrt(float64(n)/float64(most)), 2)
	}
	w := d.f.step() * 0.72
	if d.f.step() < 9 {
		w = d.f.step() - 1.5
	}
	var solid, outline strings.Builder
	for bin := d.f.from; bin < d.f.from+d.f.bins; bin++ {
		x := d.f.middle(bin) - w/2
		h, all := high(nth(owner, bin)), high(nth(owner, bin)+nth(unplaced, bin))
		if all > h {
			box(&outline, x+0.5, base-all, w-1, all-h)
		}
		if h > 0 {
			box(&solid, x, base-h, w, h)
		}
	}
	d.c.path("fig-out", &outline)
	d.c.path("fig-bar", &solid)
}

// symbols are one mark a bin: a diamond where an intruder did it, else a dashed square.
func (d *plot) symbols(his, others []bool, y float64) {
	r := min(5.4, d.f.step()/2-0.2)
	var dia, sq strings.Builder
	for bin := range his {
		switch x := d.f.middle(bin); {
		case !d.f.shows(bin):
		case his[bin] && others[bin] && d.f.step() >= 24:
			diamond(&dia, x-r-0.5, y, r)
			box(&sq, x+1.5, y-r+1, 2*r-2, 2*r-2)
		case his[bin]:
			diamond(&dia, x, y, r)
		case others[bin]:
			box(&sq, x-r+1, y-r+1, 2*r-2, 2*r-2)
		}
	}
	d.c.path("fig-sq", &sq)
	d.c.path("fig-dia", &dia)
}

// others heads the accounts that have one lane each.
func (d *plot) others(y float64, after bool) float64 {
	title := "One lane each: accounts that findings accuse, without a visit"
	if after {
		title = "Other accounts, one lane each"
	}
	d.c.text(0, y+14, "fig-head", "start", fit(title, 14, d.f.width-100))
	if !d.f.narrow {
		d.legend(y + 14)
	}
	return y + 24
}

// brief draws one lane for all kinds of acts.
func (d *plot) brief(y float64) float64 {
	sum := report.Lane{Owner: make([]int, d.x.Bins), Unplaced: make([]int, d.x.Bins)}
	for _, l := range d.x.Lanes {
		for bin := range d.x.Bins {
			sum.Owner[bin] += nth(l.Owner, bin)
			sum.Unplaced[bin] += nth(l.Unplaced, bin)
		}
		sum.Attacker, sum.Undecided = append(sum.Attacker, l.Attacker...), append(sum.Undecided, l.Undecided...)
		sum.Sum.Owner += l.Sum.Owner
		sum.Sum.Attacker += l.Sum.Attacker
		sum.Sum.Undecided += l.Sum.Undecided
	}
	d.ground(y, y+laneHigh)
	d.c.line("fig-line", d.f.gutter, y+laneHigh, d.f.end(), y+laneHigh)
	d.c.text(d.f.gutter-10, y+laneHigh-10, "fig-small", "end", fitName(d.o.name(d.x.Account), 12, d.f.gutter-12))
	d.lane(&sum, y)
	return y + laneHigh
}

// axis writes the days below the plot.
func (d *plot) axis(y float64) float64 {
	from, ok := day(string(d.x.From))
	if !ok {
		return y
	}
	y -= 14
	last := math.Inf(-1)
	year := -1
	for bin := d.f.from; bin < d.f.from+d.f.bins; bin++ {
		at, mark := tick(from, d.x.Unit, bin)
		x := d.f.x(bin)
		label := at.Format("2 Jan")
		switch {
		case d.x.Unit == "year":
			label = at.Format("2006")
		case d.x.Unit == "month":
			label = at.Format("Jan 2006")
		case year >= 0 && at.Year() != year:
			label = at.Format("2 Jan 2006")
		}
		w := wide(label, 12)
		if !mark || x-last < w+14 || x+w/2 > d.f.width || x-w/2 < d.f.gutter-w/2-1 {
			continue
		}
		last, year = x, at.Year()
		d.c.line("fig-axis", x, y, x, y+4)
		d.c.text(x+d.f.step()/2, y+18, "fig-small fig-2", "middle", label)
	}
	return y + 26
}

// tick is the first day of a bin, and whether it may be labelled: of days the Mondays.
func tick(from time.Time, unit string, bin int) (time.Time, bool) {
	switch unit {
	case "week":
		return from.AddDate(0, 0, 7*bin), true
	case "month":
		return from.AddDate(0, bin, 0), true
	case "year":
		return from.AddDate(bin, 0, 0), true
	default:
		at := from.AddDate(0, 0, bin)
		return at, at.Weekday() == time.Monday
	}
}

// binOf is the bin that a time is in.
func binOf(x *report.AccountLanes, t time.Time) int {
	from, ok := day(string(x.From))
	if !ok {
		return 0
	}
	n := 0
	switch x.Unit {
	case "week":
		n = int(math.Floor(t.Sub(from).Hours() / 24 / 7))
	case "month":
		n = (t.Year()-from.Year())*12 + int(t.Month()) - int(from.Month())
	case "year":
		n = t.Year() - from.Year()
	default:
		n = int(math.Floor(t.Sub(from).Hours() / 24))
	}
	return n
}

// gaps are the stretches of bins, first and last, of which the data says nothing: before the first and after the last log of
// the mailbox, and where something is missing and nothing was seen.
func (d *plot) gaps() (list [][2]int) {
	missing := make([]bool, d.x.Bins)
	var first, last report.Time
	for i := range d.r.Coverage {
		if c := &d.r.Coverage[i]; c.Mailbox == d.x.Account && c.Tenant == d.x.Tenant && c.First != 0 {
			if first == 0 || c.First < first {
				first = c.First
			}
			last = max(last, c.Last)
		}
	}
	if first != 0 {
		a, b := binOf(d.x, at(first)), binOf(d.x, at(last))
		for bin := range missing {
			missing[bin] = bin < a || bin > b
		}
	}
	for i := range d.r.Ledger {
		it := &d.r.Ledger[i]
		about := it.Mailbox == "" || string(it.Mailbox) == d.x.Account
		if !about || it.First == 0 || it.Last == 0 || it.Code != "silent-days" && it.Code != "source-short" && !it.Lost() {
			continue
		}
		for bin := max(binOf(d.x, at(it.First)), 0); bin <= min(binOf(d.x, at(it.Last)), d.x.Bins-1); bin++ {
			missing[bin] = true
		}
	}
	busy := d.busy()
	for bin := d.f.from; bin < d.f.from+d.f.bins; bin++ {
		if !missing[bin] || busy[bin] {
			continue
		}
		if n := len(list); n > 0 && list[n-1][1] == bin-1 {
			list[n-1][1] = bin
		} else {
			list = append(list, [2]int{bin, bin})
		}
	}
	return list
}

// busy are the bins in which anything was seen.
func (d *plot) busy() []bool {
	out, others := d.marked()
	for bin := range out {
		out[bin] = out[bin] || others[bin] || slices.ContainsFunc(d.x.Lanes, func(l report.Lane) bool { return nth(l.Owner, bin)+nth(l.Unplaced, bin) > 0 })
	}
	return out
}

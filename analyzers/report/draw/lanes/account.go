package lanes

import (
	"cmp"
	"maps"
	"slices"

	"triage/analyzers/report"
	"triage/ingest/activity"
)

// account is what is counted of one account.
type account struct {
	*chosen
	days   [laneCount][4]tally       // by lane and whose; an intruder's are in his
	his    map[int]*[laneCount]tally // by intruder
	failed report.LaneActs
	other  report.LaneActs
	visits []laneVisit
	open   map[int]int // by intruder (-1: undecided): one more than the index of his latest visit
	places map[placeKey]*lanePlace
	last   placeKey // that was asked for, of lastIP
	lastIP activity.Symbol
	sums   [laneCount]report.LaneActs
}

// tally is how many acts each day has, by day.
type tally []dayCount

type dayCount struct {
	day  int32
	acts int32
}

// add counts an act: activities come in order of time.
func (t *tally) add(day int32) {
	if n := len(*t); n > 0 && (*t)[n-1].day == day {
		(*t)[n-1].acts++
		return
	}
	*t = append(*t, dayCount{day, 1})
}

// laneVisit is some acts of one who is not the owner.
type laneVisit struct {
	intruder    int // -1: undecided
	first, last int64
	acts, grave int
	ip          activity.Symbol
	ips         map[activity.Symbol]bool
}

type placeKey struct {
	who           whose
	intruder      int
	country, city string
}

type lanePlace struct {
	placeKey
	ip          activity.Symbol // one of it
	addresses   map[activity.Symbol]bool
	classes     map[string]int
	acts        int
	first, last int64
}

func newAccount(x *chosen) account {
	return account{chosen: x, his: map[int]*[laneCount]tally{}, open: map[int]int{}, places: map[placeKey]*lanePlace{}}
}

// count takes one act.
func (x *account) count(w *walk, a *activity.Activity, who whose, intruder int) {
	if a.Result == activity.Failure {
		addAct(&x.failed, who)
		return
	}
	x.placed(w, a, who, intruder)
	lane := laneOf(a.Type)
	if who == attacker || who == undecided {
		x.visited(a, intruder, lane > 1)
	}
	if lane < 0 {
		addAct(&x.other, who)
		return
	}
	addAct(&x.sums[lane], who)
	to := &x.days[lane][who]
	if who == attacker {
		his := x.his[intruder]
		if his == nil {
			his = &[laneCount]tally{}
			x.his[intruder] = his
		}
		to = &his[lane]
	}
	to.add(int32(activity.Day(a.Time)))
}

// visited lengthens the latest visit of whoever it is, or begins one.
func (x *account) visited(a *activity.Activity, intruder int, grave bool) {
	n := x.open[intruder]
	if n == 0 || a.Time-x.visits[n-1].last > pause {
		x.visits = append(x.visits, laneVisit{intruder: intruder, first: a.Time, ips: map[activity.Symbol]bool{}})
		n = len(x.visits)
		x.open[intruder] = n
	}
	v := &x.visits[n-1]
	v.last = a.Time
	v.acts++
	if grave {
		v.grave++
	}
	if a.IP != 0 {
		v.ip = cmp.Or(v.ip, a.IP)
		v.ips[a.IP] = true
	}
}

// placed counts where an act came from.
func (x *account) placed(w *walk, a *activity.Activity, who whose, intruder int) {
	if a.IP == 0 || who == unplaced {
		return
	}
	key := x.last
	if x.lastIP != a.IP {
		at := w.in.Places.At(a.IP).Place
		key = placeKey{country: w.in.Places.Field(a.IP, activity.FieldCountry), city: at.City}
		x.last, x.lastIP = key, a.IP
	}
	if key.country == "" {
		return
	}
	key.who, key.intruder = who, intruder
	p := x.places[key]
	if p == nil {
		p = &lanePlace{placeKey: key, ip: a.IP, addresses: map[activity.Symbol]bool{}, classes: map[string]int{}, first: a.Time}
		x.places[key] = p
	}
	p.acts++
	p.last = a.Time
	p.addresses[a.IP] = true
	p.classes[w.in.Places.Field(a.IP, activity.FieldIPClass)]++
}

// report draws the account on an axis; full: at length.
func (x *account) report(w *walk, ax axis, full bool) report.AccountLanes {
	out := report.AccountLanes{
		Account: report.Clean(w.in.Case.Text(x.name)), Unit: ax.unit, From: report.Text(ax.start(0)), Bins: ax.bins, Failed: x.failed, Other: x.other,
		Lanes: make([]report.Lane, 0, laneCount), Minutes: []report.Minutes{},
	}
	if x.rank == hostile {
		out.Hostile = report.Time(x.first)
	}
	for lane, name := range report.LaneNames() {
		out.Lanes = append(out.Lanes, x.lane(w, ax, lane, name))
	}
	most := maxVisits
	if !full {
		most = fewVisits
	}
	x.keep(most)
	for i := range x.visits {
		if i == most {
			break
		}
		out.Visits = append(out.Visits, visitOf(w, &x.visits[i]))
	}
	out.Visits = append([]report.Visit{}, out.Visits...)
	out.VisitsMore = len(x.visits) - len(out.Visits)
	most = maxPlaces
	if !full {
		most = fewVisits
	}
	out.Places, out.PlacesMore = placesOf(w, x, most)
	return out
}

// keep brings the gravest visits to the front, those by time.
func (x *account) keep(most int) {
	if len(x.visits) > most {
		slices.SortStableFunc(x.visits, func(v, u laneVisit) int {
			return cmp.Or(cmp.Compare(min(u.intruder, 0), min(v.intruder, 0)), cmp.Compare(u.grave, v.grave), cmp.Compare(u.acts, v.acts))
		})
	}
	kept := x.visits[:min(len(x.visits), most)]
	slices.SortStableFunc(kept, func(v, u laneVisit) int {
		return cmp.Or(cmp.Compare(v.first, u.first), cmp.Compare(v.intruder, u.intruder))
	})
}

func (x *account) lane(w *walk, ax axis, lane int, name string) report.Lane {
	out := report.Lane{
		Lane: name, Sum: x.sums[lane], Owner: ax.dense(x.days[lane][owner]), Unplaced: ax.dense(x.days[lane][unplaced]),
		Attacker: []report.LaneMark{}, Undecided: ax.marks(x.days[lane][undecided], ""),
	}
	for _, intruder := range slices.Sorted(maps.Keys(x.his)) {
		out.Attacker = append(out.Attacker, ax.marks(x.his[intruder][lane], w.in.Intruder(intruder))...)
	}
	slices.SortStableFunc(out.Attacker, func(m, n report.LaneMark) int { return cmp.Compare(m.Bin, n.Bin) })
	return out
}

func visitOf(w *walk, v *laneVisit) report.Visit {
	out := report.Visit{First: report.Time(v.first), Last: report.Time(v.last), Acts: v.acts, IPs: len(v.ips)}
	if v.intruder >= 0 {
		out.Intruder = report.Text(w.in.Intruder(v.intruder))
	}
	if v.ip != 0 {
		at := w.in.Places.At(v.ip).Place
		field := func(f activity.Field) report.Text { return report.Text(report.Clean(w.in.Places.Field(v.ip, f))) }
		out.IP, out.Country, out.City = report.Text(w.in.Address(v.ip)), field(activity.FieldCountry), report.Text(report.Clean(at.City))
		out.ASN, out.Org, out.Class = report.Number(at.ASN), field(activity.FieldOrg), field(activity.FieldIPClass)
	}
	return out
}

// placesOf are the places of an account: the intruders' first, the busiest first, at most so many of each.
func placesOf(w *walk, x *account, most int) (list []report.LanePlace, more int) {
	all := make([]*lanePlace, 0, len(x.places))
	for _, p := range x.places {
		all = append(all, p)
	}
	turn := func(p *lanePlace) int { return map[whose]int{attacker: 0, undecided: 1, owner: 2}[p.who] }
	slices.SortFunc(all, func(p, q *lanePlace) int {
		return cmp.Or(cmp.Compare(turn(p), turn(q)), cmp.Compare(q.acts, p.acts), cmp.Compare(p.intruder, q.intruder), cmp.Compare(p.country, q.country), cmp.Compare(p.city, q.city))
	})
	list = []report.LanePlace{}
	counts := map[whose]int{}
	for _, p := range all {
		if counts[p.who]++; counts[p.who] > most {
			more++
			continue
		}
		one := report.LanePlace{
			Who: [...]string{"owner", "attacker", "undecided"}[p.who], Country: report.Clean(p.country), City: report.Text(report.Clean(p.city)), Addresses: len(p.addresses),
			Activities: p.acts, First: report.Time(p.first), Last: report.Time(p.last),
		}
		if p.intruder >= 0 && p.who == attacker {
			one.Intruder = report.Text(w.in.Intruder(p.intruder))
		}
		if at := w.in.Places.At(p.ip).Place; at.HasCoords {
			lat, lon := at.Lat, at.Lon
			one.Latitude, one.Longitude = &lat, &lon
		}
		busiest := 0
		for _, class := range slices.Sorted(maps.Keys(p.classes)) {
			if n := p.classes[class]; n > busiest {
				one.Class, busiest = report.Text(report.Clean(class)), n
			}
		}
		list = append(list, one)
	}
	return list, more
}

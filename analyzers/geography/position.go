package geography

import (
	"slices"

	"triage/analyzers/detect"
	"triage/geo"
	"triage/ingest/activity"
)

// spots are the addresses that one walk over a mailbox comes to. Hundreds of thousands of activities come from a few
// hundred addresses: each is looked up once, and judged once.
type spots[T any] struct {
	places detect.Places
	judge  func(at *geo.Located) T
	known  map[activity.Symbol]*spot[T]
	here   *spot[T]        // of last
	last   activity.Symbol // most rows repeat the address before
}

// spot is where an address is, and what the walk makes of it.
type spot[T any] struct {
	geo.Located
	says T
}

func newSpots[T any](p *detect.Tenant, judge func(at *geo.Located) T) *spots[T] {
	return &spots[T]{places: p.Places, judge: judge, known: map[activity.Symbol]*spot[T]{}}
}

// of is the spot of an address.
func (s *spots[T]) of(ip activity.Symbol) *spot[T] {
	if s.here != nil && ip == s.last {
		return s.here
	}
	at := s.known[ip]
	if at == nil {
		at = &spot[T]{Located: s.places.At(ip)}
		at.says = s.judge(&at.Located)
		s.known[ip] = at
	}
	s.here, s.last = at, ip
	return at
}

// position is where an activity shows its actor to be; nil if it does not: GEO.md, "Distance and travel", step 1.
// Failures show where somebody else is. Microsoft's own and private addresses show nothing; neither does what a rented
// machine at Microsoft does but a logon.
func (s *spots[T]) position(a *activity.Activity) *spot[T] {
	if s.places == nil || !shows(a) {
		return nil
	}
	if at := s.of(a.IP); counts(a, &at.Located) {
		return at
	}
	return nil
}

// shows says whether an activity can show where its actor is, whatever its address.
func shows(a *activity.Activity) bool {
	if a.IP == 0 || a.Result == activity.Failure || a.Flags&activity.Cloud != 0 {
		return false
	}
	return a.Type != activity.Logon || a.Result == activity.Success // else an interrupt, not a logon
}

// counts says whether the address of an activity that shows something is a place.
func counts(a *activity.Activity, at *geo.Located) bool {
	if !at.Addr.IP.IsValid() {
		return false
	}
	switch at.Place.Class {
	case geo.Private, geo.MSService:
		return false
	case geo.AzureCloud:
		return a.Type == activity.Logon
	}
	return true
}

// note states where the rows came from.
func note(f *detect.Finding, t detect.Timeline, p *detect.Tenant, rows []int) {
	for _, field := range []activity.Field{
		activity.FieldIP, activity.FieldCountry, activity.FieldASN, activity.FieldOrg, activity.FieldIPClass,
		activity.FieldApp, activity.FieldAgent, activity.FieldOp,
	} {
		f.Note(t, p, rows, detect.ValueOf(field))
	}
	f.NoteMessage(t, p, rows)
}

// doubt caps the confidence where every address was chosen from a list, and states the lists.
func doubt(f *detect.Finding, t detect.Timeline, p *detect.Tenant, rows []int, most int) {
	var chains []string
	sure := false
	at := newSpots(p, func(at *geo.Located) bool { return at.Addr.Ambiguous })
	for _, row := range rows {
		a := t.At(row)
		if at.of(a.IP).says || a.Flags&activity.ChainedIP != 0 {
			chain := detect.ValueOf(activity.FieldChain).Text(a, p)
			if chain == "" {
				chain = p.Case.Text(a.IP)
			}
			chains = append(chains, chain)
		} else {
			sure = true
		}
	}
	if len(chains) == 0 {
		return
	}
	const enough = 10
	chains = slices.Compact(slices.Sorted(slices.Values(chains)))
	f.Set("chain", chains[:min(len(chains), enough)])
	if !sure {
		f.Set("ambiguous", true)
		f.Confidence = min(f.Confidence, most)
	}
}

// weigh moves the confidence by what kind of network it is: GEO.md, step 6.
func weigh(f *detect.Finding, t detect.Timeline, p *detect.Tenant, rows []int) {
	rented, vague := false, true
	at := newSpots(p, func(at *geo.Located) geo.Class { return at.Place.Class })
	for _, row := range rows {
		switch at.of(t.At(row).IP).says {
		case geo.Hosting, geo.VPN, geo.Tor, geo.AzureCloud:
			rented, vague = true, false
		case geo.SASE, geo.Satellite, geo.Relay:
		default:
			vague = false
		}
	}
	switch {
	case rented:
		f.Confidence = min(100, f.Confidence+10)
	case vague:
		f.Confidence = max(0, f.Confidence-20)
	}
}

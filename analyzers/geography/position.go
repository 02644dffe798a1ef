package geography

import (
	"slices"

	"triage/geo"
	"triage/ingest/activity"
	"triage/rules/detect"
)

// spots remembers where addresses are, for walks over rows that repeat them.
type spots struct {
	places detect.Places
	known  map[activity.Symbol]*geo.Located
	here   *geo.Located // of last
	last   activity.Symbol
}

func newSpots(p *detect.Tenant) *spots {
	return &spots{places: p.Places, known: map[activity.Symbol]*geo.Located{}}
}

// of is where an address is.
func (s *spots) of(ip activity.Symbol) *geo.Located {
	if s.here != nil && ip == s.last {
		return s.here
	}
	at := s.known[ip]
	if at == nil {
		found := s.places.At(ip)
		at = &found
		s.known[ip] = at
	}
	s.here, s.last = at, ip
	return at
}

// canPlace says whether an activity can show where its actor is, whatever its address. Failures show where somebody else is.
func canPlace(a *activity.Activity) bool {
	if a.IP == 0 || a.Result == activity.Failure || a.Flags&activity.Cloud != 0 {
		return false
	}
	return a.Type != activity.Logon || a.Result == activity.Success // else an interrupt, not a logon
}

// counts says whether the address of an activity that shows something is a place. Microsoft's own and private addresses
// are none; neither is a rented machine at Microsoft, but for a logon.
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

// stated are the fields that say where somebody was, and with what.
func stated() []activity.Field {
	return []activity.Field{
		activity.FieldIP, activity.FieldCountry, activity.FieldASN, activity.FieldOrg, activity.FieldIPClass,
		activity.FieldApp, activity.FieldAgent, activity.FieldOp,
	}
}

// doubt is what is uncertain about addresses that were chosen from lists.
type doubt struct {
	chains    []string // the lists
	ambiguous bool     // every address was chosen
}

func doubtOf(t detect.Timeline, p *detect.Tenant, rows ...int) doubt {
	var chains []string
	sure := false
	at := newSpots(p)
	for _, row := range rows {
		a := t.At(row)
		if at.of(a.IP).Addr.Ambiguous || a.Flags&activity.ChainedIP != 0 {
			chain := detect.ValueOf(activity.FieldChain).Text(a, p)
			if chain == "" {
				chain = p.Case.Text(a.IP)
			}
			chains = append(chains, chain)
		} else {
			sure = true
		}
	}
	chains = slices.Compact(slices.Sorted(slices.Values(chains)))
	return doubt{chains, len(chains) > 0 && !sure}
}

// or is the doubt of two places, of which the later one's lists are named.
func (d doubt) or(later doubt) doubt {
	if len(later.chains) > 0 {
		return doubt{later.chains, later.ambiguous || d.ambiguous}
	}
	return d
}

// says are the facts of it.
func (d doubt) says() []detect.Statement {
	return []detect.Statement{
		detect.List("chain", d.chains).If(len(d.chains) > 0), detect.Say("ambiguous", true).If(d.ambiguous),
	}
}

// limit caps the confidence where every address was chosen from a list.
func (d doubt) limit(f *detect.Finding, most int) {
	if d.ambiguous {
		f.Confidence = min(f.Confidence, most)
	}
}

// weigh moves the confidence by what kind of network it is.
func weigh(f *detect.Finding, t detect.Timeline, p *detect.Tenant, rows []int) {
	rented, vague := false, true
	at := newSpots(p)
	for _, row := range rows {
		switch class := at.of(t.At(row).IP).Place.Class; {
		case class.Rented():
			rented, vague = true, false
		case !class.Anonymizer():
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

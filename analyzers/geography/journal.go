package geography

import (
	"iter"
	"net/netip"
	"slices"
	"strings"

	"triage/geo"
	"triage/ingest/activity"
	"triage/rules/detect"
)

// sighting is one activity that shows where the person was. Each rule walks through them several times: what it needs
// stands here, so that only one walk goes through all of the mailbox.
type sighting struct {
	time            int64
	row             uint32
	spot            uint32 // index in journal.spots
	session, device activity.Symbol
	logon           bool
	ambiguous       bool
	local           bool // its time is of a clock whose offset is not known
	client          bool // the program is the phones' own mail client, which names its model
	phone           bool // the program is a phone's
}

// journal is where one mailbox's person was, oldest first, whatever rules are about.
type journal struct {
	blocks [][]sighting  // all but the last are full: growing one list would copy it a dozen times
	spots  []geo.Located // each spelling of an address once: hundreds of thousands of activities come from a few hundred
	same   []uint32      // by spot: the first spot of the same address
}

// sightingBlock is how many sightings are in one block (128 KiB).
const sightingBlock = 4096

// journalOf is the journal of a timeline, made once for all rules of the pass.
func journalOf(t detect.Timeline, p *detect.Tenant) *journal {
	type key struct{}
	t.Matched = nil // it depends on no rule
	return detect.Once(t, key{}, func() *journal { return newJournal(t.Timeline, p) })
}

func newJournal(t activity.Timeline, p *detect.Tenant) *journal {
	j := &journal{}
	if p.Places == nil {
		return j
	}
	numbers := map[activity.Symbol]uint32{}
	first := map[netip.Addr]uint32{}
	mobile, sync := p.Case.Symbols.Find(mobileApp), p.Case.Symbols.Find(phoneSync)
	phones := map[activity.Symbol]bool{} // by agent
	var last activity.Symbol             // most activities repeat the address before
	var spot uint32
	for row := range t.Rows {
		a := t.At(row)
		if a.Actor != t.Mailbox || a.Lane != activity.Person || !canPlace(a) {
			continue
		}
		if a.IP != last {
			number, known := numbers[a.IP]
			if !known {
				number = j.spot(p.Places.At(a.IP), first)
				numbers[a.IP] = number
			}
			last, spot = a.IP, number
		}
		at := &j.spots[spot]
		if !counts(a, at) {
			continue
		}
		j.add(sighting{
			time: a.Time, row: uint32(row), spot: spot, session: a.Session, device: p.Case.Get(a, activity.FieldDevice),
			logon: a.Type == activity.Logon, ambiguous: at.Addr.Ambiguous || a.Flags&activity.ChainedIP != 0, local: a.Flags&activity.Local != 0,
			client: mobile != 0 && a.App == mobile,
			phone:  mobile != 0 && a.App == mobile || sync != 0 && a.App == sync && a.Agent == 0 || isPhones(phones, a.Agent, p),
		})
	}
	return j
}

// phoneSync is how the audit log calls what phones' mail programs do through the service: it names no program.
const phoneSync = "RESTSystem"

// isPhones says that a program is a phone's by its name.
func isPhones(known map[activity.Symbol]bool, agent activity.Symbol, p *detect.Tenant) bool {
	if agent == 0 {
		return false
	}
	phone, ok := known[agent]
	if !ok {
		name := strings.ToLower(p.Case.Text(agent))
		phone = slices.ContainsFunc([]string{"outlook-ios", "outlook-android", "iphone", "ipad", "android"}, func(s string) bool { return strings.Contains(name, s) })
		known[agent] = phone
	}
	return phone
}

// spot adds a spot; first are the first spots of addresses.
func (j *journal) spot(at geo.Located, first map[netip.Addr]uint32) uint32 {
	number := uint32(len(j.spots))
	if _, known := first[at.Addr.IP]; !known {
		first[at.Addr.IP] = number
	}
	j.spots, j.same = append(j.spots, at), append(j.same, first[at.Addr.IP])
	return number
}

func (j *journal) add(s sighting) {
	last := len(j.blocks) - 1
	if last < 0 || len(j.blocks[last]) == sightingBlock {
		size := sightingBlock
		if last < 0 {
			size = 8 // and grows: most mailboxes are small
		}
		j.blocks = append(j.blocks, make([]sighting, 0, size))
		last++
	}
	j.blocks[last] = append(j.blocks[last], s)
}

// about yields the sightings that a rule is about, as [detect.Person] does the rows: those to judge, and, with judged
// false, those in other people's mailboxes, which only say what is usual for the person.
func (j *journal) about(r *detect.Rule, t detect.Timeline, p *detect.Tenant) iter.Seq2[*sighting, bool] {
	return func(yield func(s *sighting, judged bool) bool) {
		next := 0 // in t.Matched
		for _, block := range j.blocks {
			for i := range block {
				s := &block[i]
				row := int(s.row)
				for next < len(t.Matched) && t.Matched[next] < row {
					next++
				}
				judged := next < len(t.Matched) && t.Matched[next] == row
				if !judged && !(t.Rows[row].ActorCopy() && r.Where.Holds(t.At(row), p)) {
					continue
				}
				if !yield(s, judged) {
					return
				}
			}
		}
	}
}

// each is what a rule makes of every spot.
func each[T any](j *journal, judge func(at *geo.Located) T) []T {
	out := make([]T, len(j.spots))
	for i := range j.spots {
		out[i] = judge(&j.spots[i])
	}
	return out
}

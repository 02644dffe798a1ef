package presence

import "triage/ingest/activity"

// visits are what an account's sessions were seen to do so far; rows without one are one visit, too. There may be as many
// as presences.
type visits struct {
	numbers map[activity.Symbol]int32
	list    []sessionVisit
	last    activity.Symbol // most rows are of the session of the row before
	at      int32           // one more than its number; 0: none was asked for
}

// sessionVisit is one session: its presences, where it was last, and where it was before it came there.
type sessionVisit struct {
	first [few]named
	count int32
	more  map[visitKey]uint32 // beyond the first few

	presence  uint32
	before    uint32 // line
	left      int64  // when it was last there
	last      int64
	somewhere bool // these four are known
}

// few are the presences that most sessions have at most.
const few = 1

// visitKey tells presences of one session apart.
type visitKey struct {
	line    uint32
	program uint32
	day     int32 // since 1970, of what follows no logon of Outlook Activities; 0: any
	failed  bool
}

type named struct {
	visitKey
	presence uint32
}

// expect makes room for what so many rows may have.
func (v *visits) expect(rows int) {
	const perSession = 4 // rows, at least, in what is read most
	v.numbers = make(map[activity.Symbol]int32, rows/perSession)
}

// known is a session that was asked for with of before, or nil. It holds until the next call of of.
func (v *visits) known(session activity.Symbol) *sessionVisit {
	if v.at == 0 || v.last != session {
		n, ok := v.numbers[session]
		if !ok {
			return nil
		}
		v.last, v.at = session, n+1
	}
	return &v.list[v.at-1]
}

// of is likewise, and notes a session that was not known.
func (v *visits) of(session activity.Symbol) *sessionVisit {
	if known := v.known(session); known != nil {
		return known
	}
	v.numbers[session] = int32(len(v.list))
	v.list = append(room(v.list), sessionVisit{})
	v.last, v.at = session, int32(len(v.list))
	return &v.list[len(v.list)-1]
}

// find is the presence of a session with a key.
func (v *sessionVisit) find(k visitKey) (presence uint32, ok bool) {
	for i := range min(v.count, few) {
		if v.first[i].visitKey == k {
			return v.first[i].presence, true
		}
	}
	presence, ok = v.more[k]
	return presence, ok
}

func (v *sessionVisit) note(presence uint32, k visitKey) {
	if v.count++; v.count <= few {
		v.first[v.count-1] = named{k, presence}
		return
	}
	if v.more == nil {
		v.more = map[visitKey]uint32{}
	}
	v.more[k] = presence
}

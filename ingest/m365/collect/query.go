package collect

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/url"
	"time"

	"triage/ingest/fetched"
	"triage/ingest/m365"
)

// Bounds of a query of the audit log. Microsoft names no time within which one is worked off; eight hours were seen.
const (
	firstPoll, longestPoll = 5 * time.Second, 2 * time.Minute
	maxWorking             = 24 * time.Hour
	maxFailures            = 3 // of queries about the same stretch of time
	maxCreates             = 8 // requests for the same query whose answers got lost
	shortest               = time.Minute
)

// queries asks for the audit log. The service works queries off by itself: each is created once, looked at until it is
// done, and its records are listed. The records of a query that the service cut short are not believed: halves are asked
// for instead.
type queries struct {
	*collecting
	of      whole
	list    *List
	version string
}

// answer is what the service says of a query. Source: Microsoft Graph, "auditLogQuery resource type".
type answer struct {
	ID          string `json:"id"`
	DisplayName string `json:"displayName"`
	Status      string `json:"status"`
	Exceeded    bool   `json:"isRecordCountLimitExceeded"`
}

func (q *queries) all(ctx context.Context) error {
	until := q.run.Until
	from, err := (&sweep{collecting: q.collecting, of: q.of, list: q.list}).within(q.run.Since)
	if err != nil {
		return err
	}
	q.each(func(e journalLine) {
		switch {
		case e.Coverage != nil:
			from = latest(from, e.Coverage.To)
		case e.Gap != nil && e.Gap.Lost && !e.Gap.To.IsZero():
			from = latest(from, e.Gap.To)
		}
	})
	for width := q.list.Widest; from.Before(until); {
		to := earliest(from.Add(width), until)
		full, err := q.stretch(ctx, from, to)
		if err != nil {
			return err
		}
		if full && to.Sub(from) > shortest {
			width = (to.Sub(from) / 2).Truncate(time.Second)
			continue
		}
		from = to
	}
	return nil
}

// stretch asks for a stretch of time until its records are there, or a gap is named. full means that the service cut the
// records short.
func (q *queries) stretch(ctx context.Context, from, to time.Time) (full bool, err error) {
	for range maxFailures {
		one, err := q.create(ctx, from, to)
		if err != nil {
			return false, err
		}
		a, err := q.done(ctx, one)
		if err != nil {
			return false, err
		}
		switch {
		case a.Status == "succeeded" && a.Exceeded && to.Sub(from) > shortest:
			return true, q.over(one)
		case a.Status == "succeeded":
			return false, q.records(ctx, one, a.Exceeded)
		}
		if err := q.over(one); err != nil {
			return false, err
		}
	}
	return false, q.note(journalLine{Gap: &fetched.Gap{
		List: q.of.List, From: from, To: to, Lost: true,
		Reason: fmt.Sprintf("the service did not work off %d queries for this time: each failed, was cancelled or never ended", maxFailures),
		Remedy: fmt.Sprintf("Search-UnifiedAuditLog -StartDate %s -EndDate %s -ResultSize 5000 -SessionCommand ReturnLargeSet, or fetch again under another --output",
			from.Format(time.RFC3339), to.Format(time.RFC3339)),
	}})
}

func (q *queries) over(one *query) error {
	ended := *one
	ended.Over = true
	return q.note(journalLine{Query: &ended})
}

// last is the newest query about a stretch of time that is not over; number counts all of them.
func (q *queries) last(from, to time.Time) (one *query, number int) {
	q.each(func(e journalLine) {
		if e.Query == nil || !e.Query.From.Equal(from) || !e.Query.To.Equal(to) {
			return
		}
		switch {
		case e.Query.Over:
			one = nil
		case e.Query.Made:
			one = e.Query
		default:
			one = e.Query
			number++
		}
	})
	return one, number
}

// create makes a query, or finds the one that an earlier run or a lost answer made: what it is called is in the journal
// before it is asked for.
func (q *queries) create(ctx context.Context, from, to time.Time) (*query, error) {
	one, number := q.last(from, to)
	if one != nil && one.Made {
		return one, nil
	}
	asked := one != nil
	if one == nil {
		name := fmt.Sprintf("triage %s %s %s %d", q.run.Started.Format(time.RFC3339Nano), from.Format(time.RFC3339), to.Format(time.RFC3339), number+1)
		one = &query{Name: name, From: from, To: to}
		if err := q.note(journalLine{Query: one}); err != nil {
			return nil, err
		}
	}
	for range maxCreates {
		if asked {
			if id, err := q.find(ctx, one.Name); err != nil || id != "" {
				return q.made(one, id, err)
			}
		}
		id, err := q.post(ctx, one)
		if !errors.Is(err, m365.ErrUnknown) {
			return q.made(one, id, err)
		}
		asked = true
	}
	return nil, &m365.Error{Message: "the answers to every request for an audit log query got lost", Remedy: "check the network, then run the same command again: it goes on where it stopped"}
}

func (q *queries) made(one *query, id string, err error) (*query, error) {
	if err != nil {
		return nil, err
	}
	made := *one
	made.ID, made.Made = id, true
	return &made, q.note(journalLine{Query: &made})
}

func (q *queries) post(ctx context.Context, one *query) (id string, err error) {
	body, err := json.Marshal(map[string]string{
		"displayName":         one.Name,
		"filterStartDateTime": one.From.Format(time.RFC3339),
		"filterEndDateTime":   one.To.Format(time.RFC3339),
	})
	if err != nil {
		return "", err
	}
	_, err = q.Client.Post(ctx, q.endpoint(q.list), "/"+q.version+q.list.Path, body, func(answered []byte) error {
		var a answer
		if err := json.Unmarshal(answered, &a); err != nil {
			return err
		}
		if id = a.ID; id == "" {
			return errors.New("want a query with an id")
		}
		return nil
	})
	return id, err
}

// find looks for a query by its name; "" if there is none.
func (q *queries) find(ctx context.Context, name string) (id string, err error) {
	address := "/" + q.version + q.list.Path
	for range maxBarren {
		p, err := q.Client.Page(ctx, q.endpoint(q.list), address)
		if err != nil {
			return "", err
		}
		for _, row := range p.Rows {
			var a answer
			if json.Unmarshal(row, &a) == nil && a.DisplayName == name && a.ID != "" {
				return a.ID, nil
			}
		}
		if address = p.Next; address == "" {
			break
		}
	}
	return "", nil
}

// done waits until a query is worked off, or is taken for one that never will be.
func (q *queries) done(ctx context.Context, one *query) (answer, error) {
	address := "/" + q.version + q.list.Path + "/" + url.PathEscape(one.ID)
	begun := q.Client.Clock.Now()
	for wait := firstPoll; ; wait = min(2*wait, longestPoll) {
		var a answer
		_, err := q.Client.Get(ctx, q.endpoint(q.list), address, func(body []byte) error { return json.Unmarshal(body, &a) })
		if gone, ok := errors.AsType[*m365.Error](err); ok && gone.Status == 404 {
			return answer{Status: "gone"}, nil
		}
		if err != nil {
			return a, err
		}
		switch a.Status {
		case "succeeded", "failed", "cancelled":
			return a, nil
		}
		if q.Client.Clock.Now().Sub(begun) > maxWorking {
			return a, nil
		}
		if q.Client.Waiting != nil {
			q.Client.Waiting(wait, fmt.Sprintf("the service works off the audit log of %s to %s", one.From.Format(time.DateOnly), one.To.Format(time.DateOnly)))
		}
		if err := q.Client.Clock.Sleep(ctx, wait); err != nil {
			return a, err
		}
	}
}

// records lists what a query found, until two listings agree.
func (q *queries) records(ctx context.Context, one *query, cut bool) error {
	address := "/" + q.version + q.list.Path + "/" + url.PathEscape(one.ID) + "/records"
	kept, err := q.begun(q.of, q.list)
	if err != nil {
		return err
	}
	f, err := q.steady(ctx, q.of, q.list, address, kept)
	if err != nil {
		return err
	}
	if cut {
		if err := q.note(journalLine{Gap: &fetched.Gap{
			List: q.of.List, From: one.From, To: one.To, Lost: true,
			Reason: "the service found more than it hands out, even for so short a time",
			Remedy: "ask for it by operation: Search-UnifiedAuditLog … -Operations, or in Purview",
		}}); err != nil {
			return err
		}
	}
	return q.note(journalLine{Pass: 1, Coverage: &fetched.Coverage{
		List: q.of.List, Version: q.version, From: one.From, To: one.To, Rows: len(f.rows), Asked: f.asked, Wavered: f.wavered, Query: one.ID,
	}})
}

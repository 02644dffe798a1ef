package m365test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"sync/atomic"
	"time"
)

// Endless is a service that invents an activity for every Step of time, without end and without ever contradicting
// itself: whatever is asked for twice is answered alike, in order, page after page.
type Endless struct {
	Step     time.Duration
	Pad      int // bytes that an activity has besides
	requests atomic.Int64
}

// Requests is how many there were.
func (e *Endless) Requests() int { return int(e.requests.Load()) }

// ServeHTTP implements http.Handler.
func (e *Endless) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	e.requests.Add(1)
	o, err := parseOptions(r.URL)
	var from, to time.Time
	words := strings.Fields(r.URL.Query().Get("$filter"))
	for i := 0; i+1 < len(words) && err == nil; i++ {
		switch words[i] {
		case "ge":
			from, err = time.Parse(time.RFC3339Nano, words[i+1])
		case "le":
			to, err = time.Parse(time.RFC3339Nano, words[i+1])
		}
	}
	if err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	at := from.Truncate(e.Step)
	if at.Before(from) {
		at = at.Add(e.Step)
	}
	var page struct {
		Value []json.RawMessage `json:"value"`
		Next  string            `json:"@odata.nextLink,omitempty"`
	}
	page.Value = []json.RawMessage{}
	for at = at.Add(time.Duration(o.skip) * e.Step); !at.After(to); at = at.Add(e.Step) {
		if len(page.Value) == o.top {
			query := r.URL.Query()
			query.Set("$skip", fmt.Sprint(o.skip+o.top))
			page.Next = "http://" + r.Host + r.URL.Path + "?" + strings.ReplaceAll(query.Encode(), "+", "%20")
			break
		}
		stamp := at.UTC().Format(time.RFC3339Nano)
		page.Value = append(page.Value, fmt.Appendf(nil, `{"Id":"%d","TimeStamp":%q,"ActivityIdType":"MessageSent","AppIdType":"Outlook","Pad":%q}`,
			at.UnixMicro(), stamp, strings.Repeat("x", e.Pad)))
	}
	w.Header().Set("Content-Type", "application/json")
	_ = json.NewEncoder(w).Encode(page)
}

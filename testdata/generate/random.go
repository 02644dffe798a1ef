package main

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"math"
)

// random is a splitmix64 generator. The standard library's would do, but its derived draws may change between Go
// releases, and the shipped cases must stay the same bytes for good.
type random struct{ state uint64 }

// newRandom starts a stream of its own for a seed and the words that name the stream.
func newRandom(seed uint64, words ...string) *random {
	hash := uint64(14695981039346656037) // FNV-1a
	for _, w := range words {
		for i := range len(w) {
			hash = (hash ^ uint64(w[i])) * 1099511628211
		}
		hash *= 1099511628211
	}
	return &random{state: seed ^ hash}
}

func (r *random) next() uint64 {
	r.state += 0x9E3779B97F4A7C15
	z := r.state
	z = (z ^ z>>30) * 0xBF58476D1CE4E5B9
	z = (z ^ z>>27) * 0x94D049BB133111EB
	return z ^ z>>31
}

// below draws from 0 up to and without n.
func (r *random) below(n int) int { return int((r.next() >> 33) % uint64(n)) }

// between draws from low to high, both included.
func (r *random) between(low, high int) int { return low + r.below(high-low+1) }

// unit draws from 0 up to and without 1.
func (r *random) unit() float64 { return float64(r.next()>>11) / (1 << 53) }

// chance is true with probability p.
func (r *random) chance(p float64) bool { return r.unit() < p }

// around draws a count near mean: uniform within a third on either side.
func (r *random) around(mean float64) int {
	return int(math.Floor(mean*(0.67+0.66*r.unit()) + r.unit()))
}

// choose draws one of the values.
func choose[T any](r *random, values []T) T { return values[r.below(len(values))] }

// guid draws a GUID in lower case.
func (r *random) guid() string {
	a, b := r.next(), r.next()
	return fmt.Sprintf("%08x-%04x-4%03x-%04x-%012x", a>>32, a>>16&0xffff, a&0xfff, 0x8000|b>>48&0x3fff, b&0xffffffffffff)
}

// token draws n bytes as URL-safe base64, as item and conversation ids are written.
func (r *random) token(n int) string {
	return base64.URLEncoding.EncodeToString(r.bytes(n))
}

// hex draws n hexadecimal digits in upper case.
func (r *random) hex(n int) string {
	return fmt.Sprintf("%X", r.bytes((n+1)/2))[:n]
}

func (r *random) bytes(n int) []byte {
	out := make([]byte, 0, n+7)
	for len(out) < n {
		v := r.next()
		out = append(out, byte(v), byte(v>>8), byte(v>>16), byte(v>>24), byte(v>>32), byte(v>>40), byte(v>>48), byte(v>>56))
	}
	return out[:n]
}

// apiRow is a row as the Activities API answered it; the twelve names are the API's.
type apiRow struct {
	ID                   string `json:"Id"`
	ActivityCreationTime string
	ActivityIDType       string `json:"ActivityIdType"`
	AppIDType            string `json:"AppIdType"`
	ClientVersion        string
	ClientSessionID      string `json:"ClientSessionId"`
	ActivityItemID       string `json:"ActivityItemId"`
	TimeStamp            string
	TenantID             string `json:"TenantId"`
	SequenceNumber       int
	ActivityObjectID     string `json:"ActivityObjectId"`
	CustomProperties     []apiProperty
}

type apiProperty struct{ Name, Value string }

// apiPages are the API's answers of up to size rows each ($top was at most 1000), one record a line so that a person
// can read and compare them.
func apiPages(rows []row, tenant string, size int) ([][]byte, error) {
	var pages [][]byte
	for start := 0; start < len(rows); start += size {
		page, err := apiPage(rows, start, min(start+size, len(rows)), tenant)
		if err != nil {
			return nil, err
		}
		pages = append(pages, page)
	}
	return pages, nil
}

func apiPage(rows []row, from, to int, tenant string) ([]byte, error) {
	var out bytes.Buffer
	out.WriteString(`{"@odata.context":"https://outlook.office.com/api/v2.0/$metadata#Me/Activities","value":[` + "\n")
	encode := json.NewEncoder(&out)
	encode.SetEscapeHTML(false) // the service wrote Query XML as it is
	for i := from; i < to; i++ {
		if err := encode.Encode(apiRecord(&rows[i], tenant, i)); err != nil {
			return nil, fmt.Errorf("row %d: %w", i, err)
		}
		if i+1 < to {
			out.Truncate(out.Len() - 1) // the encoder's newline
			out.WriteString(",\n")
		}
	}
	out.WriteString("]")
	if to < len(rows) {
		fmt.Fprintf(&out, `,"@odata.nextLink":"https://outlook.office.com/api/v2.0/Me/Activities?$top=%d&$skip=%d"`, to-from, to)
	}
	out.WriteString("}\n")
	return out.Bytes(), nil
}

func apiRecord(r *row, tenant string, number int) apiRow {
	properties := make([]apiProperty, 0, len(r.properties))
	for _, p := range r.properties {
		properties = append(properties, apiProperty{p.name, p.value})
	}
	return apiRow{
		ID: r.id, ActivityCreationTime: stamp(r.created), ActivityIDType: r.kind, AppIDType: r.app,
		ClientSessionID: r.session, ActivityItemID: r.item, TimeStamp: r.timeText(), TenantID: tenant,
		SequenceNumber: number, CustomProperties: properties,
	}
}

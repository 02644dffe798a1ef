package main

import (
	"bufio"
	"bytes"
	"encoding/csv"
	"encoding/json"
	"errors"
	"fmt"
	"hash/fnv"
	"io"
	"os"
	"regexp"
	"time"
)

// replica makes a large log of a small real one: each distinct record again and again, every time with ids, sessions,
// message ids and addresses of its own, so that no copy repeats another and none shares a session with it. It is made
// where it is measured; real records are no part of the repository.
type replica struct {
	records []replicaRecord
}

// replicaRecord is one record of the original, and where in it stands what each copy has of its own.
type replicaRecord struct {
	auditRecord
	own []place
}

// place is a stretch of a record; address says that it is the last number of an address.
type place struct {
	start, end int
	address    bool
}

// What a copy has of its own, by the names that AuditData has for it. The last group is what is made anew: of an address
// its last number, so that it stays where it is on the map.
var (
	ownIDs       = regexp.MustCompile(`"(?:Id|InterSystemsId|IntraSystemId|SessionId|AADSessionId|CorrelationId|ClientRequestId|ListItemUniqueId)":"([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})"`)
	ownMessages  = regexp.MustCompile(`"InternetMessageId":"<([0-9A-Za-z]{8,})`)
	ownAddresses = regexp.MustCompile(`"(?:ClientIP|ClientIPAddress|ActorIpAddress)":"\[?(?:\d+\.){3}(\d+)\b`)
)

// writeReplica writes n records made of those that Search-UnifiedAuditLog exported into the file original.
func writeReplica(file, original, format string, n int) (err error) {
	if format != "csv" && format != "jsonl" {
		return fmt.Errorf("-format %q: want csv or jsonl", format)
	}
	g, err := readReplica(original)
	if err != nil {
		return fmt.Errorf("%s: %w", original, err)
	}
	out, err := os.Create(file)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, out.Close()) }()
	buffered := bufio.NewWriterSize(out, 1<<20)
	if err := g.stream(buffered, format, n); err != nil {
		return fmt.Errorf("%s: %w", file, err)
	}
	return buffered.Flush()
}

func readReplica(original string) (*replica, error) {
	text, err := os.ReadFile(original)
	if err != nil {
		return nil, err
	}
	rows, err := csv.NewReader(bytes.NewReader(text)).ReadAll()
	if err != nil {
		return nil, err
	}
	if len(rows) < 2 || len(rows[0]) < 5 || rows[0][4] != "AuditData" {
		return nil, errors.New("no export of Search-UnifiedAuditLog")
	}
	g, seen := &replica{}, map[string]bool{}
	for _, row := range rows[1:] {
		r := replicaRecord{auditRecord: auditRecord{kind: row[0], user: row[2], op: row[3], data: []byte(row[4])}}
		var named struct{ ID, CreationTime string }
		if err := json.Unmarshal(r.data, &named); err != nil {
			return nil, err
		}
		if seen[named.ID] {
			continue
		}
		seen[named.ID] = true
		if r.at, err = time.Parse("2006-01-02T15:04:05", named.CreationTime); err != nil {
			return nil, err
		}
		r.find()
		g.records = append(g.records, r)
	}
	return g, nil
}

// find notes what each copy has of its own.
func (r *replicaRecord) find() {
	for _, own := range []*regexp.Regexp{ownIDs, ownMessages, ownAddresses} {
		for _, at := range own.FindAllSubmatchIndex(r.data, -1) {
			r.own = append(r.own, place{at[2], at[3], own == ownAddresses})
		}
	}
}

func (g *replica) stream(out io.Writer, format string, n int) error {
	var row []byte
	if format == "csv" {
		row = append(row, auditHeader...)
	}
	for i := range n {
		r := g.records[i%len(g.records)].copy(i / len(g.records))
		if format == "csv" {
			row = appendAuditRow(row, &r, i, n)
		} else {
			row = append(append(row, r.data...), '\n')
		}
		if _, err := out.Write(row); err != nil {
			return err
		}
		row = row[:0]
	}
	return nil
}

// copy is the record in the copy of a number. One id is the same in all records of a copy that have it.
func (r *replicaRecord) copy(number int) auditRecord {
	made := r.auditRecord
	made.data = bytes.Clone(r.data)
	for _, s := range r.own {
		h := fnv.New64a()
		fmt.Fprintf(h, "%d ", number)
		_, _ = h.Write(r.data[s.start:s.end])
		drawn := newRandom(h.Sum64(), "replica")
		for i := s.start; i < s.end; i++ {
			switch {
			case s.address: // as many figures, so that every number stays below 200
				made.data[i] = byte('0' + drawn.below(10))
				if i == s.start && s.end-s.start > 1 {
					made.data[i] = '1'
				}
			case made.data[i] != '-':
				made.data[i] = "0123456789abcdef"[drawn.below(16)]
			}
		}
	}
	var named struct{ ID string }
	if json.Unmarshal(made.data, &named) == nil {
		made.id = named.ID
	}
	return made
}

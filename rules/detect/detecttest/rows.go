package detecttest

import (
	"fmt"
	"net/netip"
	"strconv"
	"strings"
	"time"

	"triage/geo"
	"triage/ingest/activity"
	"triage/rules/detect"
)

// Case builds a case from rows as a test file writes them.
func Case(rows string) (*activity.Case, error) {
	c, _, err := parseRows(rows)
	return c, err
}

// parseRows builds the case and the names of its rows by identity.
func parseRows(text string) (*activity.Case, map[string]string, error) {
	shard := activity.NewShard(0, activity.Interest{})
	names := map[string]string{}
	var columns []string
	for n, line := range strings.Split(text, "\n") {
		if strings.TrimSpace(line) == "" || strings.HasPrefix(line, "#") {
			continue
		}
		cells := split(line, "|")
		if columns == nil {
			columns = cells
			continue
		}
		if len(cells) > len(columns) {
			return nil, nil, fmt.Errorf("rows:%d: %d cells under %d columns", n+1, len(cells), len(columns))
		}
		row := map[string]string{"id": strconv.Itoa(n + 1)}
		for i, cell := range cells {
			if cell != "" {
				row[columns[i]] = cell
			}
		}
		if err := addRow(shard, row, columns, names); err != nil {
			return nil, nil, fmt.Errorf("rows:%d: %w", n+1, err)
		}
	}
	b := activity.NewBuilder()
	in := activity.Input{Path: "case.csv", Format: "test", Source: activity.SourceActivities}
	b.Add(in, []*activity.Shard{shard}, "")
	return b.Case(), names, nil
}

func split(line, by string) []string {
	cells := strings.Split(line, by)
	for i := range cells {
		cells[i] = strings.TrimSpace(cells[i])
	}
	return cells
}

// addRow adds a row once, or as often as its time says.
func addRow(shard *activity.Shard, row map[string]string, columns []string, names map[string]string) error {
	start, repeat, _ := strings.Cut(row["time"], " every ")
	first, err := time.Parse(time.RFC3339, start)
	if err != nil {
		return err
	}
	step, times := time.Duration(0), 1
	if repeat != "" {
		every, count, _ := strings.Cut(repeat, " x ")
		if step, err = detect.ParseDuration(every); err != nil {
			return err
		}
		if times, err = strconv.Atoi(count); err != nil {
			return err
		}
	}
	for i := range times {
		at := first.Add(time.Duration(i) * step).UnixMilli()
		id := activity.HashID(fmt.Append(nil, row["id"], i))
		names[id.String()] = row["id"]
		a := activity.Activity{Time: at, ID: id, Sum: uint64(i)}
		if err := fillRow(shard, &a, row, columns); err != nil {
			return err
		}
		shard.Add(a)
	}
	return nil
}

// fillRow sets what a row says: fixed fields in the activity, the rest as details.
func fillRow(shard *activity.Shard, a *activity.Activity, row map[string]string, columns []string) error {
	intern := func(name string) activity.Symbol { return shard.Intern([]byte(row[name])) }
	a.Op, a.IP, a.App, a.Agent = intern("op"), intern("ip"), intern("app"), intern("agent")
	a.Session, a.Item = intern("session"), intern("item")
	if row["mailbox"] == "" {
		row["mailbox"] = Owner
	}
	a.Mailbox, a.Actor = intern("mailbox"), intern("actor")
	var ok bool
	if a.Type, ok = activity.ParseType(row["type"]); !ok && row["type"] != "" {
		return fmt.Errorf("unknown type %q", row["type"])
	}
	switch row["result"] {
	case "success":
		a.Result = activity.Success
	case "failure":
		a.Result = activity.Failure
	}
	switch row["lane"] {
	case "service":
		a.Lane = activity.Service
	case "system":
		a.Lane = activity.System
	case "guest":
		a.Lane = activity.Guest
	}
	if strings.Contains(row["ip"], ",") {
		a.Flags |= activity.ChainedIP
	}
	return details(shard, row, columns)
}

func details(shard *activity.Shard, row map[string]string, columns []string) error {
	for _, name := range columns {
		switch name {
		case "id", "time", "type", "op", "mailbox", "actor", "ip", "app", "agent", "session", "item", "result", "lane":
			continue
		}
		if strings.HasPrefix(name, "params.") || strings.HasPrefix(name, "raw.") {
			if value, ok := row[name]; ok {
				shard.PutNamed([]byte(name), []byte(strings.Trim(value, `"`)))
			}
			continue
		}
		f, ok := activity.ParseField(name)
		if !ok {
			return fmt.Errorf("unknown column %q", name)
		}
		for _, value := range split(row[name], ";;") {
			shard.Put(f, []byte(value))
		}
	}
	return nil
}

// places is a table of networks.
type places []networkRow

type networkRow struct {
	prefix netip.Prefix
	fields map[activity.Field]string
}

func parsePlaces(text string) (places, error) {
	var out places
	for line := range strings.Lines(text) {
		words := strings.Fields(line)
		if len(words) == 0 {
			continue
		}
		prefix, err := netip.ParsePrefix(words[0])
		if err != nil {
			return nil, fmt.Errorf("places: %w", err)
		}
		p := networkRow{prefix, map[activity.Field]string{}}
		fields := []activity.Field{activity.FieldCountry, activity.FieldASN, activity.FieldIPClass}
		for i, f := range fields {
			if i+1 < len(words) && words[i+1] != "-" {
				p.fields[f] = words[i+1]
			}
		}
		if len(words) > 4 {
			p.fields[activity.FieldOrg] = strings.Join(words[4:], " ")
		}
		out = append(out, p)
	}
	return out, nil
}

func (p places) of(c *activity.Case) detect.Places { return caseTable{p, c} }

// caseTable answers for the addresses of one case.
type caseTable struct {
	places places
	c      *activity.Case
}

// Field is what the first network that holds the address says. Of a list it takes the leftmost address.
func (t caseTable) Field(ip activity.Symbol, f activity.Field) string {
	text, _, _ := strings.Cut(t.c.Text(ip), ",")
	addr, err := netip.ParseAddr(text)
	if err != nil {
		return ""
	}
	if f == activity.FieldIP {
		return addr.String()
	}
	for _, p := range t.places {
		if p.prefix.Contains(addr) {
			return p.fields[f]
		}
	}
	return ""
}

// At is the same as Field says, for distances.
func (t caseTable) At(ip activity.Symbol) geo.Located {
	located := geo.Located{Addr: geo.ParseAddr(t.c.Text(ip))}
	located.Place.Country = t.Field(ip, activity.FieldCountry)
	located.Place.Org = t.Field(ip, activity.FieldOrg)
	located.Place.Class, _ = geo.ParseClass(t.Field(ip, activity.FieldIPClass))
	if asn, err := strconv.ParseUint(t.Field(ip, activity.FieldASN), 10, 32); err == nil {
		located.Place.ASN = uint32(asn)
	}
	return located
}

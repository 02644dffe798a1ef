package main

import (
	"bufio"
	"fmt"
	"io"
	"os"
	"time"
)

// auditLog makes Unified Audit Log records for benchmarks. Operations, shares and record sizes follow a real tenant's
// export of 3,898 records: 68 % by system actors, 1,349 bytes a record as JSON lines.
type auditLog struct {
	random  *random
	mail    bool // 70 % MailItemsAccessed of seven messages each
	tenant  string
	users   []auditUser
	servers []string
	text    []byte // the record being written
}

// auditUser is one person of the tenant.
type auditUser struct {
	name, key, sid, object, mailbox, ip, agent string
}

// auditUsers are enough that a mailbox has some thousand records in a million.
const auditUsers = 200

func newAuditLog(seed uint64, mail bool) *auditLog {
	g := &auditLog{random: newRandom(seed, "audit"), mail: mail}
	g.tenant = g.random.guid()
	homes := []network{nlHome(), nlOffice(), nlMobile(), usHome(), usOffice(), gbHome(), deHome()}
	agents := []string{chromeAgent, firefoxAgent, "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/14.0 Safari/605.1.15"}
	for i := range auditUsers {
		g.users = append(g.users, auditUser{
			name: fmt.Sprintf("user%03d@contoso.onmicrosoft.com", i+1), key: g.random.hex(16), object: g.random.guid(), mailbox: g.random.guid(),
			sid: fmt.Sprintf("S-1-5-21-1204587731-2213459612-1018834412-%d", 20_000_000+g.random.below(9_000_000)),
			ip:  choose(g.random, homes).any(g.random), agent: choose(g.random, agents),
		})
	}
	for i := range 40 {
		g.servers = append(g.servers, fmt.Sprintf("DB6PR04MB%d (15.20.4129.%03d)", 3000+i*17, 20+i%30))
	}
	return g
}

// record writes record i of n, made at a time, as one JSON object; it is valid until the next call.
func (g *auditLog) record(i, n int, at time.Time) auditRecord {
	r := auditRecord{at: at, id: g.random.guid()}
	draw := g.random.below(1000)
	switch {
	case i == n/2:
		g.forwardingRule(&r) // the one planted act
	case g.mail && g.random.chance(0.7-0.3*0.07):
		g.mailAccess(&r, 7)
	case draw < 680:
		g.system(&r, draw)
	case draw < 750:
		g.mailAccess(&r, g.random.between(1, 6))
	case draw < 820:
		g.signIn(&r, true)
	case draw < 860:
		g.signIn(&r, false)
	case draw < 905:
		g.directory(&r)
	case draw < 960:
		g.mailChange(&r)
	default:
		g.query(&r)
	}
	r.data = g.text
	return r
}

// auditRecord is a record and what Search-UnifiedAuditLog writes beside it.
type auditRecord struct {
	at                 time.Time
	id, kind, op, user string
	data               []byte
}

// spread are the days that an audit log covers.
const spread = 90 * 24 * time.Hour

// writeAudit writes n records to a file, newest first as Search-UnifiedAuditLog does: as its CSV, or as JSON lines of
// AuditData.
func writeAudit(file, mix, format string, n int, seed uint64) (err error) {
	if mix != "real" && mix != "mail" {
		return fmt.Errorf("-mix %q: want real or mail", mix)
	}
	if format != "csv" && format != "jsonl" {
		return fmt.Errorf("-format %q: want csv or jsonl", format)
	}
	out, err := os.Create(file)
	if err != nil {
		return err
	}
	defer func() {
		if closing := out.Close(); err == nil {
			err = closing
		}
	}()
	buffered := bufio.NewWriterSize(out, 1<<20)
	if err := streamAudit(buffered, newAuditLog(seed, mix == "mail"), format, n); err != nil {
		return fmt.Errorf("%s: %w", file, err)
	}
	return buffered.Flush()
}

func streamAudit(out io.Writer, g *auditLog, format string, n int) error {
	last := time.Date(2021, time.July, 20, 12, 0, 0, 0, time.UTC)
	var row []byte
	if format == "csv" {
		row = append(row, auditHeader...)
	}
	for i := range n {
		// Whole seconds: the log knows no parts of one.
		r := g.record(i, n, last.Add(-time.Duration(float64(spread)*float64(i)/float64(n))).Truncate(time.Second))
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

// auditHeader is the header of Search-UnifiedAuditLog piped into Export-Csv.
const auditHeader = `"RecordType","CreationDate","UserIds","Operations","AuditData","ResultIndex","ResultCount","Identity","IsValid","ObjectState"` + "\r\n"

// appendAuditRow writes a row as Export-Csv does: every cell quoted.
func appendAuditRow(to []byte, r *auditRecord, i, n int) []byte {
	page := min(5000, n)
	to = fmt.Appendf(to, `"%s","%s","%s","%s","`, r.kind, r.at.Format("1/2/2006 3:04:05 PM"), r.user, r.op)
	for _, c := range r.data {
		if c == '"' {
			to = append(to, '"')
		}
		to = append(to, c)
	}
	return fmt.Appendf(to, `","%d","%d","%s","True","Unchanged"`+"\r\n", i%page+1, page, r.id)
}

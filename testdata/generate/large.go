package main

import (
	"bufio"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"time"
)

// writeLarge writes an export of exactly n rows to a file, oldest first, without ever holding more than a day.
func writeLarge(file string, n int, seed uint64) (err error) {
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
	if err := streamLarge(buffered, n, seed); err != nil {
		return fmt.Errorf("%s: %w", file, err)
	}
	return buffered.Flush()
}

// largeDays is half a year, the time for which the service kept activities.
const largeDays = 181

// streamLarge makes one busy mailbox: each day is lived as often as the size needs. In the middle of the half year
// stands the wire fraud.
func streamLarge(out io.Writer, n int, seed uint64) error {
	owner := dutchManager("Alice Koster", "alice@contoso.com")
	owner.contacts = append(owner.contacts, accounting())
	m := newMailbox(owner, seed)
	if _, err := io.WriteString(out, byteOrderMark+header); err != nil {
		return err
	}
	first := on(2018, time.January, 2)
	var text, scratch []byte
	written := 0
	for d := first; written < n; d++ {
		day := int(d - first)
		want := n - written // days after the half year, in case that the last days were thin
		if day < largeDays {
			want = n*(day+1)/largeDays - written
		}
		if day == largeDays/2 && want > 100 {
			wireFraudBait(m, d-1)
			wireFraudActs(m, d)
		}
		for passes := 0; len(m.rows) < want && passes < want; passes++ {
			m.live(d)
		}
		ascending(m.rows)
		text = text[:0]
		for i := range m.rows[:min(want, len(m.rows))] {
			text, scratch = appendRow(text, &m.rows[i], scratch)
			written++
		}
		if _, err := out.Write(text); err != nil {
			return err
		}
		m.rows = m.rows[:0]
	}
	return nil
}

// writeInnocent writes the exports of n mailboxes whose owners did nothing and were not attacked, each a file, and tells
// what is unusual about each.
func writeInnocent(tell io.Writer, folder string, n, months int, seed uint64, hard bool) error {
	if err := os.MkdirAll(folder, 0o755); err != nil {
		return err
	}
	from := on(2018, time.January, 2)
	to := from + date(months*365/12)
	for i := range n {
		m := newMailbox(innocent(i, from, to, seed, hard), seed)
		for d := from; d < to; d++ {
			m.live(d)
		}
		descending(m.rows)
		if _, err := fmt.Fprintf(tell, "%s: %s\n", m.owner.address, strings.Join(m.owner.traits, "; ")); err != nil {
			return err
		}
		file := filepath.Join(folder, m.owner.address+".csv")
		if err := os.WriteFile(file, csvFile(m.rows), 0o644); err != nil {
			return err
		}
	}
	return nil
}

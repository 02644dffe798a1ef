package main

import "bytes"

// header is the first line of the retriever's CSV
// (CrowdStrike/Forensics, O365-Outlook-Activities/retriever.py).
const header = "TimeStamp,AppIdType,ActivityIdType,ActivityItemId,ActivityCreationTime,ClientSessionId,CustomProperties\n"

// byteOrderMark opens the retriever's files, which it wrote as utf-8-sig; LMG's variant of it wrote plain UTF-8.
const byteOrderMark = "\ufeff"

// appendRow writes a row as the retriever did: Python's csv module, minimal quoting, "\n" at the end.
func appendRow(to []byte, r *row, scratch []byte) (out, scratchOut []byte) {
	if r.rawLine != "" {
		return append(append(to, r.rawLine...), '\n'), scratch
	}
	to = appendCell(to, r.timeText())
	for _, s := range [...]string{r.app, r.kind, r.item, stamp(r.created), r.session} {
		to = append(to, ',')
		to = appendCell(to, s)
	}
	to = append(to, ',')
	if r.rawProperties != "" {
		scratch = append(scratch[:0], r.rawProperties...)
	} else {
		scratch = appendDict(scratch[:0], r.properties)
	}
	to = appendCell(to, scratch)
	return append(to, '\n'), scratch
}

// appendCell quotes a cell only where Python's csv.QUOTE_MINIMAL would with lineterminator "\n".
func appendCell[T string | []byte](to []byte, cell T) []byte {
	quoted := false
	for i := range len(cell) {
		if c := cell[i]; c == ',' || c == '"' || c == '\n' {
			quoted = true
			break
		}
	}
	if !quoted {
		return append(to, cell...)
	}
	to = append(to, '"')
	for i := range len(cell) {
		if cell[i] == '"' {
			to = append(to, '"')
		}
		to = append(to, cell[i])
	}
	return append(to, '"')
}

// csvFile is a whole export with a byte order mark, in the rows' order.
func csvFile(rows []row) []byte {
	return append([]byte(byteOrderMark), plainCSV(rows)...)
}

// plainCSV is a whole export without a byte order mark, as LMG's variant of the retriever wrote it.
func plainCSV(rows []row) []byte {
	out := []byte(header)
	var scratch []byte
	for i := range rows {
		out, scratch = appendRow(out, &rows[i], scratch)
	}
	return out
}

// lineOf is the physical line, from 1, on which each row of a file starts.
func lineOf(rows []row) []int {
	lines := make([]int, len(rows))
	line := 2 // the header is line 1
	var text, scratch []byte
	for i := range rows {
		lines[i] = line
		text, scratch = appendRow(text[:0], &rows[i], scratch)
		line += bytes.Count(text, []byte{'\n'})
	}
	return lines
}

package main

import (
	"bytes"
	"fmt"
	"strings"
)

// header is that of an Outlook Activities export.
const header = "TimeStamp,AppIdType,ActivityIdType,ActivityItemId,ActivityCreationTime,ClientSessionId,CustomProperties\n"

const (
	logonRow = "2018-05-02T08:00:00Z,Outlook,ServerLogon,,2018-05-02T08:00:01Z,s1," +
		"\"{'Result': 'Success', 'ExceptionInfo': '', 'UserName': 'alice@contoso.com', 'ClientIP': '203.0.113.7'}\"\n"
	markRow = "2018-05-02T08:02:00Z,Outlook,MarkAsRead,AAMk1,2018-05-02T08:02:01Z,s1,\n"
)

// generators make files that do not fit into a script, by kind.
func generators() map[string]func() []byte {
	return map[string]func() []byte{
		"nothing": func() []byte { return nil },
		// A program's first bytes: an ELF header and noise with every byte value in it.
		"binary": func() []byte {
			b := []byte("\x7fELF\x02\x01\x01\x00")
			for i := range 4096 {
				b = append(b, byte(i*7), byte(i>>3))
			}
			return b
		},
		"big-cell": func() []byte {
			return searchFor(bytes.Repeat([]byte("wire transfer "), 1<<20/14))
		},
		// Rows that take several times their size in memory.
		"many-rows": func() []byte {
			b := []byte(header)
			for i := range 500_000 {
				b = fmt.Appendf(b, "2018-03-01T10:%02d:%02dZ,Web,MarkAsRead,AAMkADJkNzFlMTdk%08xAAA,,s%x,\n", i/60%60, i%60, i, i/50)
			}
			return b
		},
		"short-rows": func() []byte { return []byte(header + logonRow + strings.Repeat("a\n", 400_000)) },
		"bytes":      func() []byte { return searchFor([]byte("wire\x00 \xff\xfe transfer \x00\xc3")) },
	}
}

// searchFor is an export with one search between two other rows.
func searchFor(words []byte) []byte {
	var b bytes.Buffer
	b.WriteString(header + logonRow)
	b.WriteString("2018-05-02T08:01:00Z,Outlook,SearchResult,,2018-05-02T08:01:01Z,s1,\"{'Query': '<Query><RawQuery>")
	b.Write(words)
	b.WriteString("</RawQuery></Query>'}\"\n" + strings.TrimSuffix(markRow, "\n") + "\n")
	return b.Bytes()
}

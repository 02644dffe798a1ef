//go:build unix

package main

import (
	"archive/zip"
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func axesOfMail() []growthAxis {
	const received = "MessageTraceId,Received,SenderAddress,RecipientAddress,Subject,Status,MessageId\n"
	traced := func(t *testing.T, n int, row func(i int) string) string {
		var b strings.Builder
		b.WriteString(received)
		for i := range n + 1 {
			b.WriteString(row(i))
		}
		return writeCase(t, t.TempDir(), "trace.csv", b.String())
	}
	fromPartners := func(i int) string {
		return fmt.Sprintf("%s,%s,partner%d@example.org,%s,Invoice %d,Delivered,<%d@example.org>\n", anyID(i), timeAfter(60*i), i%100, oneUser, i, i)
	}
	return []growthAxis{
		{"messages read", 0, eachAct(func(i int) logAct {
			return readAct(i, 60*i, fmt.Sprintf("%d@example.org", i), fmt.Sprintf("b%d@example.org", i))
		})},
		{"messages of one record", 0, func(t *testing.T, n int) growthCase {
			ids := make([]string, n+1)
			for i := range ids {
				ids[i] = fmt.Sprintf("%d@example.org", i)
			}
			return eachAct(func(i int) logAct { return readAct(i, 60*i, ids...) })(t, 1)
		}},
		{"messages sent and deleted", 2500, auditOf(func(i int) []logAct {
			return []logAct{
				mailAct(2*i, 60*i, "Send", oneUser, foreignAddress(1), `,"Item":`+message(i)),
				mailAct(2*i+1, 60*i+30, "HardDelete", oneUser, foreignAddress(1), `,"AffectedItems":[`+message(i)+`]`),
			}
		})},
		{"one message again and again", 0, auditOf(func(i int) []logAct {
			return []logAct{
				mailAct(2*i, 60*i, "Send", oneUser, foreignAddress(1), `,"Item":`+message(1)),
				mailAct(2*i+1, 60*i+20, "HardDelete", oneUser, foreignAddress(1), `,"AffectedItems":[`+message(1)+`]`),
			}
		})},
		{"messages traced and read", 0, func(t *testing.T, n int) growthCase {
			read := eachAct(func(i int) logAct { return readAct(i, 60*i+30, fmt.Sprintf("%d@example.org", i)) })(t, n)
			return growthCase{paths: append(read.paths, traced(t, n, fromPartners))}
		}},
		{"receivers of one message", 0, func(t *testing.T, n int) growthCase {
			return growthCase{paths: []string{traced(t, n, func(i int) string {
				return fmt.Sprintf("%s,%s,%s,%s,Invoice,Delivered,<1@contoso.com>\n", anyID(0), timeAfter(60), oneUser, userNumber(i))
			})}}
		}},
		{"domains of traced messages", 0, func(t *testing.T, n int) growthCase {
			return growthCase{paths: []string{traced(t, n, func(i int) string {
				return fmt.Sprintf("%s,%s,a@%s.example,b@%s.example,Invoice,Delivered,<%d@example.org>\n", anyID(i), timeAfter(i), anyWord(i/20), anyWord(i%50), i)
			})}}
		}},
		{"messages saved and traced", 0, func(t *testing.T, n int) growthCase {
			return growthCase{paths: []string{savedMessages(t, n, func(i int) int { return i }), traced(t, n, fromPartners)}}
		}},
		{"saved messages of one id", 0, func(t *testing.T, n int) growthCase {
			return growthCase{paths: []string{savedMessages(t, n, func(int) int { return 1 }), traced(t, 20*n, func(i int) string {
				return fmt.Sprintf("%s,%s,partner@example.org,%s,Invoice,Delivered,<1@example.org>\n", anyID(i), timeAfter(i), oneUser)
			})}}
		}},
		{"item ids", 0, itemIDs}, // in the long run only: beside the tests of other packages the larger case waits for memory
		{"one item id in mailboxes", 0, auditOf(func(i int) []logAct {
			return []logAct{
				mailAct(2*i, i, "Send", userNumber(i), homeAddress(1), `,"Item":`+message(1)),
				mailAct(2*i+1, i+30000, "SoftDelete", userNumber(i), homeAddress(1), `,"AffectedItems":[`+message(1)+`]`),
			}
		})},
		{"rules of a listing", 0, func(t *testing.T, n int) growthCase {
			return listing(t, n, func(i int) string { return userNumber(i % 50) })
		}},
		{"mailboxes of a listing", 0, func(t *testing.T, n int) growthCase { return listing(t, n, userNumber) }},
	}
}

// savedMessages is a folder of messages to the one user, each with the id of a number.
func savedMessages(t *testing.T, n int, id func(i int) int) string {
	t.Helper()
	folder := filepath.Join(t.TempDir(), "mail", oneUser)
	if err := os.MkdirAll(folder, 0o700); err != nil {
		t.Fatal(err)
	}
	for i := range n + 1 {
		writeCase(t, folder, fmt.Sprintf("%d.eml", i), fmt.Sprintf("Received: from a.example by b.example; Mon, 2 Mar 2026 08:%02d:05 +0000\r\n"+
			"Authentication-Results: spf=fail smtp.mailfrom=example.net; dkim=none; dmarc=fail\r\n action=quarantine header.from=contoso.com; compauth=fail reason=010\r\n"+
			"From: Dana <dana@contoso.com>\r\nTo: one@contoso.com\r\nSubject: Wire %d\r\nMessage-ID: <%d@example.org>\r\n\r\nPlease wire.\r\n", i%60, i, id(i)))
	}
	return filepath.Dir(folder)
}

// itemIDs is an export of Outlook Activities, whose deliveries and readings are joined by item.
func itemIDs(t *testing.T, n int) growthCase {
	var b strings.Builder
	b.WriteString("TimeStamp,AppIdType,ActivityIdType,ActivityItemId,ActivityCreationTime,ClientSessionId,CustomProperties\n")
	for i := range n + 1 {
		at := timeAfter(60*i - 2*365*24*60*60) // a million of them end before the day of the report
		fmt.Fprintf(&b, "%[1]s.000Z,Exchange,MessageDelivered,AAMkA%012[2]dAAA=,%[1]s.000Z,,\"{'InternetMessageId': '<%[2]d@example.org>', "+
			"'ConversationId': 'AAQ%[2]d', 'SenderSmtpAddress': 'p@example.org', 'Recipients': 'one@contoso.com', 'Subject': 'Invoice %[2]d'}\"\n", at, i)
		fmt.Fprintf(&b, "%[1]s.500Z,Web,ReadingPaneDisplayStart,AAMkA%012[2]dAAA=,%[1]s.500Z,s1,\"{'ItemClass': 'IPM.Note'}\"\n", at, i)
	}
	return growthCase{paths: []string{writeCase(t, t.TempDir(), "one@contoso.com.csv", b.String())}}
}

func listing(t *testing.T, n int, owner func(i int) string) growthCase {
	var b strings.Builder
	b.WriteString("MailboxOwnerId,Name,Enabled,Identity,RuleIdentity,Description,ForwardTo,DeleteMessage,MoveToFolder\n")
	for i := range n + 1 {
		fmt.Fprintf(&b, "%[1]s,r%[2]d,True,one\\%[2]d,%[2]d,,x%[2]d@example.org,True,\n", owner(i), i)
	}
	return growthCase{paths: append(auditOf(nil)(t, 0).paths, writeCase(t, t.TempDir(), "rules.csv", b.String()))}
}

func brokenRows(t *testing.T, n int) growthCase {
	c := auditOf(nil)(t, 0)
	text, err := os.ReadFile(c.paths[0])
	if err != nil {
		t.Fatal(err)
	}
	for i := range n {
		text = fmt.Appendf(text, "{\"CreationTime\":\"never\",\"Id\":\"%s\",\"Operation\":\"UserLoggedIn\",\"UserId\":\"\"}\n{\"Id\":%d\n", anyID(i), i)
	}
	return growthCase{paths: []string{writeCase(t, t.TempDir(), "audit.jsonl", string(text))}}
}

func axesOfFiles() []growthAxis {
	record := func(i int) string {
		return logonAct(i, 60*i, userNumber(i%20), homeAddress(1), "", anyBrowser).String()
	}
	return []growthAxis{
		{"zip members", 900, func(t *testing.T, n int) growthCase {
			var out bytes.Buffer
			z := zip.NewWriter(&out)
			for i := range n + 1 {
				w, err := z.Create(fmt.Sprintf("day%d.jsonl", i))
				if err != nil {
					t.Fatal(err)
				}
				fmt.Fprint(w, record(i))
			}
			if err := z.Close(); err != nil {
				t.Fatal(err)
			}
			return growthCase{paths: []string{writeCase(t, t.TempDir(), "audit.zip", out.String())}}
		}},
		{"files", 900, func(t *testing.T, n int) growthCase {
			folder := t.TempDir()
			for i := range n + 1 {
				writeCase(t, folder, fmt.Sprintf("day%d.jsonl", i), record(i))
			}
			return growthCase{paths: []string{folder}}
		}},
		{"files of mailboxes", 0, func(t *testing.T, n int) growthCase {
			folder := t.TempDir()
			for i := range n + 1 {
				writeCase(t, folder, userNumber(i)+".csv", fmt.Sprintf("TimeStamp,AppIdType,ActivityIdType,ActivityItemId,ActivityCreationTime,ClientSessionId,CustomProperties\n"+
					"%[1]s.500Z,Web,ServerLogon,,%[1]s.500Z,s1,\"{'UserName': '%[2]s', 'ClientIP': '%[3]s', 'Result': 'Success'}\"\n", timeAfter(60*i), userNumber(i), foreignAddress(i)))
			}
			return growthCase{paths: []string{folder}}
		}},
		{"columns", 400, func(t *testing.T, n int) growthCase { // of many files: no more than 4,096 are read of one
			folder := t.TempDir()
			var header, cells strings.Builder
			for i := range n {
				fmt.Fprintf(&header, ",Column%d", i)
				fmt.Fprintf(&cells, ",%d", i)
			}
			for i := range 300 {
				quoted := strings.ReplaceAll(strings.TrimSpace(record(i)), `"`, `""`)
				writeCase(t, folder, fmt.Sprintf("audit%d.csv", i), fmt.Sprintf("CreationDate,UserIds,Operations,AuditData%s\n%s,%s,UserLoggedIn,\"%s\"%s\n",
					header.String(), timeAfter(i), oneUser, quoted, cells.String()))
			}
			return growthCase{paths: []string{folder}}
		}},
	}
}

func axesOfPacks() []growthAxis {
	pack := func(t *testing.T, acts int, text string) growthCase {
		c := auditOf(func(i int) []logAct {
			return []logAct{
				logonAct(2*i, 60*i, userNumber(i%20), homeAddress(i), "", fmt.Sprintf("axios/1.%d", i)),
				ruleAct(2*i+1, 60*i, foreignAddress(1), fmt.Sprint("r", i), "DeleteMessage", "True"),
			}
		})(t, acts)
		c.pack = writeCase(t, t.TempDir(), "pack.yaml", "apiVersion: triage/v1\nkind: pack\nmetadata: {id: growth, version: 1.0.0}\nextends: [builtin:core]\n"+text)
		return c
	}
	entries := func(n int, entry func(i int) string) string {
		var b strings.Builder
		for i := range n + 1 {
			b.WriteString(entry(i))
		}
		return b.String()
	}
	return []growthAxis{
		{"rules in the pack", 800, func(t *testing.T, n int) growthCase {
			return pack(t, 200, "rules:\n"+entries(n, func(i int) string {
				return fmt.Sprintf("- {id: growth.r%[1]d, title: Growth, detector: match, level: low, confidence: 50, family: access, "+
					"where: {type: logon, ip: \"192.0.2.%[2]d\", agent|contains: \"x%[1]d\"}}\n", i, i%250)
			}))
		}},
		{"acts and addresses of one intruder", 1600, func(t *testing.T, n int) growthCase {
			return pack(t, n, "attacker: [{agents: [axios]}]\n")
		}},
		{"exceptions of the pack", 0, func(t *testing.T, n int) growthCase {
			return pack(t, 2000, "exceptions:\n"+entries(n, func(i int) string {
				return fmt.Sprintf("- {id: e%[1]d, rules: [\"*\"], where: {ip: \"192.0.2.%[2]d\", agent: x%[1]d}, reason: known, by: ops, expires: 2027-01-01}\n", i, i%250)
			}))
		}},
		{"entries of a list", 0, func(t *testing.T, n int) growthCase {
			return pack(t, 2000, "lists:\n  many:\n"+entries(n, func(i int) string { return fmt.Sprintf("  - %s%d\n", anyWord(i), i) })+
				"rules:\n- {id: growth.in, title: Growth, detector: match, level: low, confidence: 50, family: access, where: {type: logon, agent|contains: $many}}\n")
		}},
	}
}

//go:build unix

package main

import (
	"fmt"
	"slices"
	"testing"
)

// growthAxis is one way in which a case can be large: make writes a case with n of something.
type growthAxis struct {
	name  string
	small int // how many the short run begins with; 0: it leaves the axis out
	make  func(t *testing.T, n int) growthCase
}

// growthAxes are the ways in which a case can be large.
func growthAxes() []growthAxis {
	return slices.Concat(axesOfUsers(), axesOfOneUser(), axesOfActs(), axesOfDelegates(), axesOfMail(), axesOfRecords(), axesOfFiles(), axesOfPacks())
}

func axesOfUsers() []growthAxis {
	return []growthAxis{
		{"mailboxes", 400, auditOf(func(i int) []logAct {
			return []logAct{
				logonAct(5*i, i*7, userNumber(i), homeAddress(i), "", anyBrowser),
				logonAct(5*i+1, i*7+40000, userNumber(i), homeAddress(i), "", anyBrowser),
				mailAct(5*i+2, i*7+40100, "Send", userNumber(i), homeAddress(i), ""),
				mailAct(5*i+3, i*7+40200, "HardDelete", userNumber(i), homeAddress(i), ""),
				logonAct(5*i+4, i*7+90000, userNumber(i), homeAddress(i+1), "", anyBrowser),
			}
		})},
		{"logons from one office", 0, auditOf(func(i int) []logAct {
			return []logAct{
				logonAct(2*i, i, userNumber(i), homeAddress(1), "", anyBrowser),
				logonAct(2*i+1, i+90000, userNumber(i), homeAddress(1), "", anyBrowser),
			}
		})},
		{"logons by one library", 0, eachAct(func(i int) logAct { return logonAct(i, i, userNumber(i), foreignAddress(1), "", library) })},
		{"users sprayed", 800, eachAct(func(i int) logAct { return failedAct(i, i, userNumber(i), foreignAddress(1)) })},
		{"users sprayed from many", 0, eachAct(func(i int) logAct { return failedAct(i, i, userNumber(i), foreignAddress(i%200)) })},
		{"users sprayed and guessed", 0, auditOf(func(i int) []logAct {
			return []logAct{
				failedAct(2*i, i, userNumber(i), foreignAddress(1)),
				logonAct(2*i+1, 40000+i, userNumber(i), foreignAddress(1), "", anyBrowser),
			}
		})},
		{"users of one session", 0, eachAct(func(i int) logAct {
			return logonAct(i, i, userNumber(i), homeAddress(i), anySession, anyBrowser)
		})},
		{"users that forward", 0, eachAct(func(i int) logAct { return forwardAct(i, userNumber(i), "smtp:x@example.org") })},
		{"users taken", 0, auditOf(func(i int) []logAct {
			return []logAct{
				logonAct(3*i, 60*i, userNumber(i), homeAddress(i), "", anyBrowser),
				logonAct(3*i+1, 60*i+30, userNumber(i), foreignAddress(i), "", library),
				changeAct(3*i+2, 60*i+50, "New-InboxRule", userNumber(i), foreignAddress(i), fmt.Sprintf(`user%d\\.`, i),
					"Name", ".", "ForwardTo", "x@example.org", "DeleteMessage", "True"),
			}
		})},
		{"users taken from one address", 0, auditOf(func(i int) []logAct {
			return []logAct{
				logonAct(3*i, 60*i, userNumber(i), homeAddress(i), "", anyBrowser),
				logonAct(3*i+1, 60*i+30, userNumber(i), foreignAddress(1), "", library),
				mailAct(3*i+2, 60*i+40, "Send", userNumber(i), foreignAddress(1), `,"Item":`+message(i)),
			}
		})},
		{"users with look-alikes", 0, auditOf(func(i int) []logAct {
			return []logAct{
				logonAct(2*i, i, anyWord(i)+".person@contoso.com", homeAddress(1), "", anyBrowser),
				directoryAct(2*i+1, i, "Add user.", fmt.Sprintf(`,"ObjectId":"%[1]s.pers0n@contoso.com","Target":[{"ID":"%[1]s.pers0n@contoso.com","Type":5}],`+
					`"ActorIpAddress":"%[2]s"`, anyWord(i), homeAddress(1))),
			}
		})},
		{"tenants", 100, auditOf(func(i int) []logAct {
			all := []logAct{
				logonAct(3*i, i, fmt.Sprintf("a@t%d.example", i), homeAddress(i), "", anyBrowser),
				failedAct(3*i+1, i, fmt.Sprintf("b@t%d.example", i), foreignAddress(i)),
				mailAct(3*i+2, i+100, "Send", fmt.Sprintf("a@t%d.example", i), homeAddress(i), ""),
			}
			for k := range all {
				all[k].tenant = fmt.Sprintf("%08d-1111-4222-8333-444444444444", i)
			}
			return all
		})},
		{"domains of one tenant", 0, auditOf(func(i int) []logAct {
			return []logAct{logonAct(i, i, fmt.Sprintf("a@%s%s.example", anyWord(i), anyWord(i*7+1)), homeAddress(i), "", anyBrowser)}
		})},
	}
}

func axesOfOneUser() []growthAxis {
	return []growthAxis{
		{"visits from everywhere, some with sessions, each with a tool of its own", 0, eachAct(func(i int) logAct {
			session := ""
			if i%3 > 0 {
				session = fmt.Sprint("s", i/2)
			}
			return logonAct(i, 90*i, oneUser, foreignAddress(i), session, fmt.Sprintf("%s%d/1.0", anyWord(i), i))
		})},
		{"guesses at one user", 0, eachAct(func(i int) logAct { return failedAct(i, 20*i, oneUser, foreignAddress(i)) })},
		{"addresses of one session", 1600, eachAct(func(i int) logAct {
			return logonAct(i, 60*i, oneUser, anyAddress(i), anySession, anyBrowser)
		})},
		{"sessions", 0, auditOf(func(i int) []logAct {
			id := fmt.Sprintf("5e551000-0000-4000-8000-%012x", i)
			return []logAct{logonAct(2*i, 60*i, oneUser, homeAddress(i), id, anyBrowser), logonAct(2*i+1, 60*i+20, oneUser, foreignAddress(i), id, library)}
		})},
		{"journeys", 0, eachAct(func(i int) logAct {
			ip := homeAddress(i)
			if i%2 > 0 {
				ip = foreignAddress(i)
			}
			return logonAct(i, 600*i, oneUser, ip, "", anyBrowser)
		})},
		{"programs", 0, eachAct(func(i int) logAct {
			return logonAct(i, 600*i, oneUser, homeAddress(i%9), "", fmt.Sprintf("%s%d/1.0", anyWord(i), i))
		})},
		{"networks that come again", 0, func(t *testing.T, n int) growthCase {
			return eachAct(func(i int) logAct { return logonAct(i, 600*i, oneUser, anyAddress(i%n), "", anyBrowser) })(t, 2*n)
		}},
	}
}

// axesOfActs are what one user, or many to one, did.
func axesOfActs() []growthAxis {
	return []growthAxis{
		{"rules", 1200, eachAct(func(i int) logAct {
			return ruleAct(i, 60*i, foreignAddress(1), fmt.Sprint("r", i), "ForwardTo", fmt.Sprintf("x%d@example.org", i), "DeleteMessage", "True")
		})},
		{"changes of one rule", 0, eachAct(func(i int) logAct {
			return changeAct(i, 60*i, "Set-InboxRule", oneUser, foreignAddress(1), `one\\r`, "Identity", "r", "ForwardTo", fmt.Sprintf("x%d@example.org", i))
		})},
		{"rules made and removed", 0, auditOf(func(i int) []logAct {
			name := fmt.Sprint("r", i)
			return []logAct{
				ruleAct(2*i, 60*i, foreignAddress(1), name, "ForwardTo", "x@example.org", "DeleteMessage", "True"),
				changeAct(2*i+1, 10_000_000-60*i, "Remove-InboxRule", oneUser, foreignAddress(1), `one\\`+name, "Identity", name),
			}
		})},
		{"targets of one rule", 0, func(t *testing.T, n int) growthCase {
			var to []byte
			for i := range n {
				to = fmt.Appendf(to, "x%d@example.org;", i)
			}
			return eachAct(func(i int) logAct {
				return ruleAct(i, 60*i, foreignAddress(1), fmt.Sprint("r", i), "ForwardTo", string(to)+"x@example.org")
			})(t, 10)
		}},
		{"forwarding set and taken back", 0, eachAct(func(i int) logAct {
			if i%2 > 0 {
				return forwardAct(i, oneUser, "")
			}
			return forwardAct(i, oneUser, fmt.Sprintf("smtp:x%d@example.org", i))
		})},
		{"findings of a mailbox", 250, eachAct(func(i int) logAct {
			return changeAct(i, 60*i, "Add-MailboxPermission", oneUser, foreignAddress(1), fmt.Sprint("box", i),
				"Identity", fmt.Sprint("box", i), "User", fmt.Sprintf("u%d@contoso.com", i), "AccessRights", "FullAccess")
		})},
		{"consents", 0, eachAct(func(i int) logAct {
			return directoryAct(i, 60*i, "Consent to application.", fmt.Sprintf(`,"ObjectId":"app-%[1]d","Target":[{"ID":"App %[1]d","Type":1}],"ActorIpAddress":"%[2]s",`+
				`"ModifiedProperties":[{"Name":"ConsentAction.Permissions","NewValue":"[] => [[Id: x, ClientId: y, PrincipalId: , ResourceId: z, `+
				`ConsentType: Principal, Scope: Mail.Read Mail.Send offline_access]]","OldValue":""}]`, i, foreignAddress(1)))
		})},
		{"searches", 4000, eachAct(func(i int) logAct {
			return logAct{
				op: "SearchQueryInitiatedExchange", workload: "Exchange", kind: 52, user: oneUser, seconds: 60 * i, id: anyID(i),
				more: fmt.Sprintf(`,"ClientIP":"%s","QueryText":"wire transfer %s"`, foreignAddress(1), anyWord(i)),
			}
		})},
		{"files fetched", 0, eachAct(func(i int) logAct {
			return logAct{
				op: "FileDownloaded", workload: "SharePoint", kind: 6, user: oneUser, seconds: 2 * i, id: anyID(i),
				more: fmt.Sprintf(`,"ClientIP":"%[1]s","ObjectId":"https://contoso.sharepoint.com/Invoices/invoice %[2]d.xlsx","SourceFileName":"invoice %[2]d.xlsx"`, foreignAddress(1), i),
			}
		})},
		{"acts that do not agree", 0, auditOf(func(i int) []logAct {
			all := []logAct{logonAct(3*i, 60*i, oneUser, homeAddress(1), "", anyBrowser)}
			if i%2 == 0 {
				all = append(all, mailAct(3*i+1, 40_000+20*i, "Send", oneUser, foreignAddress(i), `,"Item":`+message(i)))
			} else {
				all = append(all, ruleAct(3*i+1, 40_000+20*i, homeAddress(1), fmt.Sprint("r", i), "ForwardTo", "x@example.org"))
			}
			return all
		})},
	}
}

func axesOfDelegates() []growthAxis {
	return []growthAxis{
		{"delegates of one mailbox", 0, eachAct(func(i int) logAct { return delegateAct(i, userNumber(i), oneUser) })},
		{"mailboxes of one delegate", 0, eachAct(func(i int) logAct { return delegateAct(i, oneUser, userNumber(i)) })},
	}
}

func axesOfRecords() []growthAxis {
	all := []growthAxis{
		{"records under one id", 12000, eachAct(func(i int) logAct {
			return changeAct(1, 60*i, "New-InboxRule", oneUser, homeAddress(1), fmt.Sprintf(`one\\r%d`, i), "Name", fmt.Sprint("r", i))
		})},
		{"copies of one record", 0, eachAct(func(int) logAct { return logonAct(1, 1, oneUser, homeAddress(1), "", anyBrowser) })},
		{"one time", 16000, eachAct(func(i int) logAct { return logonAct(i, 0, userNumber(i%20), homeAddress(i%50), "", anyBrowser) })},
		{"one time, one mailbox", 0, eachAct(func(i int) logAct { return mailAct(i, 0, "Send", oneUser, homeAddress(i%50), "") })},
		{"broken rows", 0, brokenRows},
	}
	for _, ids := range []struct {
		name  string
		small int
		id    func(i int) string
	}{
		{"counted", 24000, func(i int) string { return fmt.Sprintf("00000000-0000-4000-8000-%012x", i) }},
		{"counted in front", 0, func(i int) string { return fmt.Sprintf("%08x-0000-4000-8000-000000000000", i) }},
		{"of two equal halves", 0, func(i int) string { return fmt.Sprintf("%08x-0000-4000-%04x-%04x00004000", i, i>>16, i&0xffff) }},
		{"of one beginning", 0, func(i int) string { return "0a1b2c3d-0000-4000-8000-" + anyID(i)[24:] }},
		{"multiples of 4096", 0, func(i int) string { return fmt.Sprintf("%08x-0000-4000-%04x-%012x", i<<12, i>>20, uint64(i)<<12) }},
		{"that are words", 0, func(i int) string { return fmt.Sprintf("event number %d", i) }},
	} {
		all = append(all, growthAxis{"ids " + ids.name, ids.small, eachAct(func(i int) logAct {
			a := logonAct(0, i, userNumber(i%20), homeAddress(i%50), "", anyBrowser)
			a.id = ids.id(i)
			return a
		})})
	}
	return all
}

package ingest

import (
	"bytes"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"strings"
	"time"
)

// object is a JSON object whose keys keep their order.
type object []keyed

type keyed struct {
	key   string
	value any
}

// MarshalJSON implements json.Marshaler.
func (o object) MarshalJSON() ([]byte, error) {
	var b bytes.Buffer
	b.WriteByte('{')
	for i, m := range o {
		if i > 0 {
			b.WriteByte(',')
		}
		fmt.Fprintf(&b, "%s:%s", jsonText(m.key), jsonText(m.value))
	}
	b.WriteByte('}')
	return b.Bytes(), nil
}

func jsonText(v any) string {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	if err := e.Encode(v); err != nil {
		panic(err) // only what encodes is invented here
	}
	return strings.TrimSuffix(b.String(), "\n")
}

// untidy invents records as they are in real exports: quotes, other alphabets, JSON inside texts, line ends inside
// values, lists of objects, keys in no fixed order, long records among short ones. The same seed invents the same.
type untidy struct{ *rand.Rand }

func newUntidy(seed uint64) untidy { return untidy{rand.New(rand.NewPCG(seed, 10))} }

func (u untidy) pick(list ...string) string { return list[u.IntN(len(list))] }

func (u untidy) guid() string {
	a, b := u.Uint64(), u.Uint64()
	return fmt.Sprintf("%08x-%04x-%04x-%04x-%012x", a>>32, a>>16&0xFFFF, a&0xFFFF, b>>48, b&0xFFFFFFFFFFFF)
}

func (u untidy) user() string {
	return u.pick("alice", "Bob", "zoë", "o'neil", "carol", "dave") + "@contoso.com"
}

func (u untidy) address() string {
	return strings.ReplaceAll(u.pick("192.0.2.N", "[2001:db8::N]:4711", "198.51.100.N:52711", "2001:db8::N"), "N", fmt.Sprint(u.IntN(200)))
}

// text is what a person or an attacker wrote.
func (u untidy) text() string {
	return u.pick(
		"Invoice 4711", `He said "pay now", then left`, "Überweisung; 発注 – 12 €", "a,b;c\td", "line one\r\nline two", "{}", "[1]", `C:\Users\x\`,
		"=cmd|' /C calc'!A0", "", "{3c8f0a11-0000-4000-8000-000000000001}", `{"not":"a record"}`, "x{", "]}", ",", `\`, "emoji 😀", "'single'",
	)
}

// minute is the time of record i of a log that grows by minutes.
func minute(i int) time.Time {
	return time.Date(2026, 3, 1, 6, 0, 0, 0, time.UTC).Add(time.Duration(i) * 7 * time.Minute)
}

const isoSeconds = "2006-01-02T15:04:05"

// mixed shuffles an object's members in one record of three.
func (u untidy) mixed(o object) object {
	if u.IntN(3) == 0 {
		u.Shuffle(len(o), func(i, j int) { o[i], o[j] = o[j], o[i] })
	}
	return o
}

// pairs is a list of named values, as most records have.
func (u untidy) pairs(most int) []object {
	list := []object{}
	for range u.IntN(most + 1) {
		list = append(list, object{{"Name", u.pick("ForwardTo", "Identity", "UserAgent", "Subject", "Value")}, {"Value", u.text()}})
	}
	return list
}

// audit is AuditData of the Unified Audit Log.
func (u untidy) audit(i int) object {
	o := object{
		{"CreationTime", minute(i).Format(isoSeconds)},
		{"Id", u.guid()},
		{"Operation", u.pick("Send", "MailItemsAccessed", "New-InboxRule", "UserLoggedIn", "Set-Mailbox")},
		{"OrganizationId", "7e4a0000-0000-4000-8000-000000000001"},
		{"RecordType", u.IntN(60)},
		{"ResultStatus", u.pick("Succeeded", "True", "Failed")},
		{"UserKey", "1003"},
		{"UserType", 0},
		{"Version", 1},
		{"Workload", "Exchange"},
		{"UserId", u.user()},
		{"ClientIP", u.address()},
	}
	switch u.IntN(6) {
	case 0:
		o = append(o, keyed{"Parameters", u.pairs(4)}, keyed{"ObjectId", `alice\` + u.text()})
	case 1:
		o = append(o, keyed{"ExtendedProperties", u.pairs(2)}, keyed{"ErrorNumber", "0"}, keyed{"IntraSystemId", u.guid()})
	case 2:
		items := []object{}
		for range u.IntN(9) {
			items = append(items, object{{"InternetMessageId", "<" + u.guid() + "@example.org>"}, {"SizeInBytes", u.IntN(9000)}})
		}
		o = append(o, keyed{"OperationCount", len(items)}, keyed{"Folders", []object{{{"Path", `\Inbox`}, {"FolderItems", items}}}})
	case 3:
		o = append(o, keyed{"Item", object{{"Id", "AAMk" + u.guid()}, {"Subject", u.text()}, {"ParentFolder", object{{"Path", `\Sent "Items"`}}}}})
	case 4:
		o = append(o, keyed{"OperationProperties", []object{{{"Name", "RuleActions"}, {"Value", jsonText([]object{{{"ActionType", "Forward"}, {"Recipients", []string{u.text()}}}})}}}})
	default:
		o = append(o, keyed{"AppAccessContext", object{}}, keyed{"DeviceProperties", nil}, keyed{"OriginatingServer", "MW2 (15.20)\r\n"})
	}
	return u.mixed(o)
}

// signin is Graph's signIn.
func (u untidy) signin(i int) object {
	policies := []object{}
	for range u.IntN(5) {
		policies = append(policies, object{{"id", u.guid()}, {"displayName", u.text()}, {"enforcedGrantControls", []string{}}, {"result", "notApplied"}})
	}
	return u.mixed(object{
		{"id", u.guid()},
		{"createdDateTime", minute(i).Format(isoSeconds) + "Z"},
		{"userDisplayName", u.text()},
		{"userPrincipalName", u.user()},
		{"userId", u.guid()},
		{"appId", u.guid()},
		{"appDisplayName", u.pick("Office 365", `"Quoted" App`)},
		{"ipAddress", "192.0.2.7"},
		{"clientAppUsed", "Browser"},
		{"correlationId", u.guid()},
		{"appliedConditionalAccessPolicies", policies},
		{"status", object{{"errorCode", u.IntN(2) * 50126}, {"failureReason", u.text()}, {"additionalDetails", nil}}},
		{"deviceDetail", object{{"deviceId", ""}, {"displayName", u.text()}, {"operatingSystem", "Windows"}, {"browser", "Chrome 140"}}},
		{"location", object{{"city", "Köln"}, {"state", ""}, {"countryOrRegion", "DE"}, {"geoCoordinates", object{}}}},
	})
}

// activities is an activity as the Outlook API has it.
func (u untidy) activity(i int) object {
	return u.mixed(object{
		{"Id", fmt.Sprintf("A%06d", i)},
		{"ActivityCreationTime", minute(i).Format(isoSeconds + ".000Z")},
		{"ActivityIdType", u.pick("ServerLogon", "Move", "SearchResult", "MarkAsRead")},
		{"AppIdType", u.pick("Web", "Outlook")},
		{"ClientSessionId", u.guid()},
		{"ActivityItemId", "AAMk" + u.guid()},
		{"TimeStamp", minute(i).Format(isoSeconds + ".000Z")},
		{"CustomProperties", append(u.pairs(3), object{{"Name", "UserName"}, {"Value", "alice@contoso.com"}}, object{{"Name", "Result"}, {"Value", "Success"}})},
	})
}

// directory is Graph's directoryAudit.
func (u untidy) directory(i int) object {
	return u.mixed(object{
		{"id", "Directory_" + u.guid()},
		{"category", "ApplicationManagement"},
		{"correlationId", u.guid()},
		{"result", "success"},
		{"activityDisplayName", u.pick("Consent to application", "Add user", "Update application")},
		{"activityDateTime", minute(i).Format(isoSeconds) + "Z"},
		{"initiatedBy", object{{"user", object{{"id", u.guid()}, {"userPrincipalName", u.user()}, {"ipAddress", "192.0.2.9"}}}, {"app", nil}}},
		{"targetResources", []object{{{"id", u.guid()}, {"displayName", u.text()}, {"type", "User"}, {"modifiedProperties", []object{{{"displayName", "x"}, {"oldValue", "[]"}, {"newValue", jsonText(u.text())}}}}}}},
		{"additionalDetails", []object{{{"key", "User-Agent"}, {"value", u.text()}}}},
	})
}

// office is Sentinel's OfficeActivity.
func (u untidy) office(i int) object {
	return u.mixed(object{
		{"TimeGenerated", minute(i).Format(isoSeconds) + "Z"},
		{"Operation", u.pick("Send", "New-InboxRule")},
		{"OfficeWorkload", "Exchange"},
		{"OfficeObjectId", u.text()},
		{"UserId", u.user()},
		{"ClientIP", u.address()},
		{"OfficeId", u.guid()},
		{"Parameters", jsonText(u.pairs(3))},
		{"RecordType", "ExchangeAdmin"},
		{"ResultStatus", "True"},
	})
}

// trace is a row of a message trace, under Graph's names.
func (u untidy) trace(i int) object {
	return u.mixed(object{
		{"id", u.guid()},
		{"messageId", "<" + u.guid() + "@example.org>"},
		{"receivedDateTime", minute(i).Format(isoSeconds) + "Z"},
		{"senderAddress", "x@example.org"},
		{"recipientAddress", u.user()},
		{"subject", u.text()},
		{"status", "delivered"},
		{"fromIP", "192.0.2.3"},
		{"toIP", ""},
		{"size", u.IntN(90000)},
	})
}

// rule is Graph's messageRule.
func (u untidy) rule(i int) object {
	return u.mixed(object{
		{"id", fmt.Sprintf("AQAA%06d", i)},
		{"displayName", fmt.Sprintf("%s %d", u.text(), i)},
		{"sequence", i},
		{"isEnabled", true},
		{"mailbox", u.user()},
		{"conditions", object{{"subjectContains", []string{u.text(), u.text()}}}},
		{"actions", object{{"moveToFolder", "x"}, {"forwardTo", []object{{{"emailAddress", object{{"name", u.text()}, {"address", "m@example.org"}}}}}}, {"stopProcessingRules", true}}},
	})
}

// message is a message of an API with its headers.
func (u untidy) message(i int) object {
	who := func(address string) object {
		return object{{"emailAddress", object{{"name", u.text()}, {"address", address}}}}
	}
	return u.mixed(object{
		{"id", fmt.Sprintf("AAMk%06d", i)},
		{"internetMessageId", "<" + u.guid() + "@example.org>"},
		{"subject", u.text()},
		{"receivedDateTime", minute(i).Format(isoSeconds) + "Z"},
		{"mailbox", "alice@contoso.com"},
		{"from", who("x@example.org")},
		{"toRecipients", []object{who("alice@contoso.com")}},
		{"internetMessageHeaders", []object{{{"name", "Authentication-Results"}, {"value", "spf=pass smtp.mailfrom=example.org; dkim=none"}}, {{"name", "Subject"}, {"value", u.text()}}}},
	})
}

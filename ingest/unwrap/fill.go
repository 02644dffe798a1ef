package unwrap

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strconv"
	"strings"
	"time"

	"triage/ingest/activity"
	"triage/ingest/record"
	"triage/ingest/timestamp"
)

// gap is something that a record says under one of some names, and that what stands around it may say under others.
type gap struct {
	name   string   // that the reader knows
	own    []string // members, in lower case, that say it in the record
	around []string // members, in lower case, that say it in a wrapper; a dot goes down into an object
	time   bool
}

// times are what wrappers call the time of the record, before what may be that of taking it in.
func times() []string {
	return []string{"@timestamp", "timegenerated", "eventtime", "event_time", "event.created", "_time", "timestamp", "time"}
}

// gaps are what a wrapper of one kind of log can fill in.
func gaps(source activity.Source) []gap {
	user := []string{"user.id", "user.email", "accountupn", "user_id", "user"}
	address := []string{"source.ip", "client.ip", "ipaddress", "src_ip", "clientip", "src"}
	agent := []string{"user_agent.original", "useragent", "http_user_agent"}
	switch source {
	case activity.SourceAudit:
		return []gap{
			{"CreationTime", []string{"creationtime", "creationdate", "createddatetime", "activitydatetime", "timegenerated", "time", "auditdata"}, times(), true},
			{"Operation", []string{"operation", "operationname", "activitydisplayname", "auditdata"}, []string{"event.action", "actiontype", "operation", "action"}, false},
			{"UserId", []string{"userid", "userkey", "initiatedby", "auditdata"}, append([]string{"userid"}, user...), false},
			{"ClientIP", []string{"clientip", "clientipaddress", "client_ipaddress", "actoripaddress", "initiatedby", "calleripaddress", "auditdata"}, address, false},
			{"UserAgent", []string{"useragent", "clientinfostring", "extendedproperties", "auditdata"}, agent, false},
		}
	case activity.SourceSignin:
		return []gap{
			{"createdDateTime", []string{"createddatetime", "date", "time", "timegenerated", "properties"}, times(), true},
			{"userPrincipalName", []string{"userprincipalname", "userid", "serviceprincipalid", "properties"}, append([]string{"userprincipalname"}, user...), false},
			{"ipAddress", []string{"ipaddress", "calleripaddress", "properties"}, address, false},
			{"userAgent", []string{"useragent", "properties"}, agent, false},
		}
	}
	return nil
}

// completed is an object that is nearly a record of the audit log, with what stands around it filled in; nil if it is
// none.
func completed(object json.RawMessage, around []json.RawMessage) []byte {
	members, _ := record.Members(object)
	has := map[string]bool{}
	for _, m := range members {
		has[strings.ToLower(string(m.Name))] = true
	}
	if !has["workload"] && !has["recordtype"] || !has["operation"] && !has["creationtime"] {
		return nil
	}
	return filled(object, activity.SourceAudit, around)
}

// filled is a record with what it does not say, and its wrappers do, put behind its own members. The nearest wrapper
// counts.
func filled(object []byte, source activity.Source, around []json.RawMessage) []byte {
	if len(around) == 0 {
		return object
	}
	members, ok := record.Members(object)
	end := bytes.LastIndexByte(object, '}')
	if !ok || end < 0 || len(members) == 0 {
		return object
	}
	has := map[string]bool{}
	for _, m := range members {
		if len(m.Value) > 0 && string(m.Value) != "null" && string(m.Value) != `""` {
			has[strings.ToLower(string(m.Name))] = true
		}
	}
	var more []byte
	for _, g := range gaps(source) {
		said := false
		for _, name := range g.own {
			said = said || has[name]
		}
		if said {
			continue
		}
		if value := g.find(around); value != nil {
			more = fmt.Appendf(more, ",%q:%s", g.name, value)
		}
	}
	if more == nil {
		return object
	}
	whole := append(make([]byte, 0, len(object)+len(more)), object[:end]...)
	return append(append(whole, more...), '}')
}

// find is the value of a gap in the wrappers, as JSON; nil if none says it.
func (g *gap) find(around []json.RawMessage) []byte {
	for i := len(around) - 1; i >= 0; i-- {
		for _, path := range g.around {
			value := g.read(lookUp(around[i], path))
			if value == nil {
				continue
			}
			if quoted, err := json.Marshal(string(value)); err == nil {
				return quoted
			}
		}
	}
	return nil
}

// longest is longer than anything that fills a gap.
const longest = 1 << 10

func (g *gap) read(value record.Text) record.Text {
	value = bytes.TrimSpace(value)
	if len(value) == 0 || len(value) > longest || isObject(json.RawMessage(value)) {
		return nil
	}
	if !g.time {
		return value
	}
	// Splunk's HTTP Event Collector writes seconds since 1970, and others milliseconds.
	if seconds, err := strconv.ParseFloat(string(value), 64); err == nil {
		const newest, milli = 1e11, 1000 // the year 5138 in seconds, 1973 in milliseconds
		if seconds < newest {
			seconds *= milli
		}
		if seconds < 0 || seconds > newest*milli {
			return nil
		}
		return record.Text(time.UnixMilli(int64(seconds)).UTC().Format("2006-01-02T15:04:05.000Z"))
	}
	if _, ok := timestamp.Parse(value, timestamp.Unsettled); !ok {
		return nil
	}
	return value
}

// lookUp is the text at a path of members in lower case, also where one member's name is the path with its dots; nothing
// if there is none, or no text.
func lookUp(object json.RawMessage, path string) record.Text {
	members, ok := record.Members(object)
	if !ok {
		return nil
	}
	first, rest, deep := strings.Cut(path, ".")
	for _, m := range members {
		name := strings.ToLower(string(m.Name))
		switch {
		case name == path:
			if value := record.TextOf(m.Value); len(value) > 0 {
				return value
			}
		case deep && name == first && len(m.Value) > 0 && m.Value[0] == '{':
			if value := lookUp(m.Value, rest); value != nil {
				return value
			}
		}
	}
	return nil
}

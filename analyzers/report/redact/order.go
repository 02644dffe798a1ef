package redact

import (
	"cmp"
	"fmt"
	"reflect"
	"slices"

	"triage/analyzers/report"
)

// reorder takes the order of the alphabet out of lists: whoever has the client's directory would read the names off their
// places. What stands where it does because of its name alone, stands by its token then; what a list is in the order of
// otherwise (score, time) stays. plain is the report that hidden was made of, place by place.
func reorder(hidden, plain *report.Report) {
	sets(reflect.ValueOf(hidden).Elem(), reflect.ValueOf(plain).Elem(), false)
	byName(hidden.Inputs, func(x *report.Input) (any, string) { return nil, x.Path })
	byName(hidden.Identities, func(x *report.AccountName) (any, string) { return x.Tenant, x.Account })
	byName(hidden.Accounts, func(x *report.Account) (any, string) { return x.Tenant, x.Account })
	byName(hidden.Coverage, func(x *report.Coverage) (any, string) { return x.Tenant, x.Mailbox })
	byName(hidden.NotEvaluated, func(x *report.NotEvaluated) (any, string) { return x.Rule + string(x.Tenant), string(x.Mailbox) })
	byName(hidden.Services, func(x *report.Service) (any, string) { return x.Tenant, x.Name })
	byName(hidden.Mailboxes, func(x *report.Mailbox) (any, string) { return x.Score, x.Mailbox })
	byName(hidden.Addresses, func(x *report.Address) (any, string) { return x.Score, x.IP })
	byName(hidden.Sessions, func(x *report.Session) (any, string) { return x.Score, x.Session })
	byName(hidden.Messages, func(x *report.Message) (any, string) { return x.Score, string(x.MessageID) + string(x.Item) })
	byName(hidden.Searches, func(x *report.Search) (any, string) { return x.Tenant, x.Mailbox })
	byName(hidden.Timeline, func(x *report.Timeline) (any, string) { return x.Tenant, x.Mailbox })
	byName(hidden.Presences, func(x *report.Presence) (any, string) { return x.Tenant, x.Mailbox })
	byName(hidden.Exposure, func(x *report.Exposure) (any, string) { return x.Intruder + string(x.Tenant), string(x.Mailbox) })
	byName(hidden.Threads, func(x *report.Thread) (any, string) { return x.Intruder + string(x.Tenant), string(x.Mailbox) })
	byName(hidden.Tenant.Mailboxes, func(x *report.RankedMailbox) (any, string) { return fmt.Sprint(x.Score, x.First), x.Mailbox })
}

// byName sorts by name what stands together with one rank.
func byName[T any](list []T, of func(*T) (rank any, name string)) {
	for from := 0; from < len(list); {
		rank, _ := of(&list[from])
		to := from + 1
		for ; to < len(list); to++ {
			if other, _ := of(&list[to]); other != rank {
				break
			}
		}
		slices.SortStableFunc(list[from:to], func(a, b T) int {
			_, one := of(&a)
			_, other := of(&b)
			return cmp.Compare(one, other)
		})
		from = to
	}
}

// unordered are the fields with lists of names in no order but that of the names.
func unordered(field string) bool {
	return slices.Contains([]string{"Mailboxes", "Tenants", "Domains", "Inputs", "IPs", "Agents", "Names", "Correspondents", "Words", "Terms", "Addresses"}, field)
}

// sets sorts lists of tokens that were lists in the order of their names. known says that the field is one of those.
func sets(hidden, plain reflect.Value, known bool) {
	switch list := hidden.Addr().Interface().(type) {
	case *report.Facts:
		was := plain.Interface().(report.Facts)
		for i := range *list {
			one, _ := (*list)[i].Value.([]string)
			before, _ := was[i].Value.([]string)
			asSet(one, before)
		}
		return
	case *report.NamedLists:
		was := plain.Interface().(report.NamedLists)
		for i := range *list {
			asSet((*list)[i].Values, was[i].Values)
		}
		return
	case *[]string:
		if known {
			asSet(*list, plain.Interface().([]string))
		}
		return
	}
	switch hidden.Kind() {
	case reflect.Struct:
		for i := range hidden.NumField() {
			sets(hidden.Field(i), plain.Field(i), unordered(hidden.Type().Field(i).Name))
		}
	case reflect.Slice:
		for i := range hidden.Len() {
			sets(hidden.Index(i), plain.Index(i), false)
		}
	case reflect.Pointer:
		if !hidden.IsNil() && hidden.Elem().Kind() == reflect.Struct {
			sets(hidden.Elem(), plain.Elem(), false)
		}
	}
}

func asSet(tokens, was []string) {
	if len(tokens) > 1 && slices.IsSorted(was) && !slices.Equal(tokens, was) {
		slices.Sort(tokens)
	}
}

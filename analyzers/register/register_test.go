package register

import (
	"fmt"
	"testing"

	"triage/ingest/activity"
)

type change struct {
	kind       activity.Type
	op, target string
	params     map[string]string
}

func caseOf(changes []change) *activity.Case {
	s := activity.NewShard(0, activity.Interest{})
	for i, c := range changes {
		s.Put(activity.FieldTarget, []byte(c.target))
		for name, value := range c.params {
			s.PutNamed([]byte("params."+name), []byte(value))
		}
		s.Add(activity.Activity{
			Time: 1.7e12 + int64(i), ID: activity.HashID(fmt.Append(nil, i)), Offset: int64(i), Type: c.kind, Op: s.Intern([]byte(c.op)), Result: activity.Success,
			Actor: s.Intern([]byte("it@contoso.com")), Mailbox: s.Intern([]byte("it@contoso.com")),
		})
	}
	b := activity.NewBuilder()
	b.Add(activity.Input{Path: "a", Source: activity.SourceAudit, Rows: int64(len(changes))}, []*activity.Shard{s}, "")
	return b.Case()
}

// Promise: however often an account is changed, the role that it was given is told; the others are counted.
func TestRoleIsNotHidden(t *testing.T) {
	var all []change
	for range 300 {
		all = append(all, change{activity.AccountChange, "Update user.", "eve@contoso.com", nil})
	}
	all = append(all, change{activity.RoleChange, "Add member to role.", "eve@contoso.com", map[string]string{"role.displayname": "Global Administrator"}})
	list, more := Of(caseOf(all))
	if len(list) != 1 || more != 0 || len(list[0].Acts) != MaxActs || list[0].More != 301-MaxActs {
		t.Fatalf("%d accounts, %d more: %d acts and %d more", len(list), more, len(list[0].Acts), list[0].More)
	}
	if last := list[0].Acts[MaxActs-1]; last.What != "Global Administrator" {
		t.Errorf("the last act is %+v", last)
	}
}

// Promise: a right of a group is that of who is in it when it is given, and costs no more than that for a large one.
func TestGroups(t *testing.T) {
	member := func(op, who string) change {
		return change{activity.AccountChange, op, who, map[string]string{"group.displayname": "Finance"}}
	}
	right := change{activity.PermissionChange, "Add-MailboxPermission", "Finance", map[string]string{"accessrights": "FullAccess"}}
	list, _ := Of(caseOf([]change{
		member("Add member to group.", "a@contoso.com"), member("Add member to group.", "b@contoso.com"),
		member("Remove member from group.", "b@contoso.com"), right, member("Add member to group.", "c@contoso.com"),
	}))
	got := ""
	for _, one := range list {
		for _, act := range one.Acts {
			if act.What == "FullAccess" {
				got += one.Name + " through " + act.Group + "; "
			}
		}
	}
	if got != "a@contoso.com through finance; finance through ; " {
		t.Errorf("got %s", got)
	}
	var many []change
	for i := range maxMembers + 1 {
		many = append(many, member("Add member to group.", fmt.Sprintf("u%d@contoso.com", i)))
	}
	list, _ = Of(caseOf(append(many, right)))
	for _, one := range list {
		if one.Name != "finance" && len(one.Acts) != 1 {
			t.Fatalf("%s: %d acts", one.Name, len(one.Acts))
		}
	}
}

// Promise: what Exchange calls everybody or nobody is no account.
func TestEverybodyIsNoAccount(t *testing.T) {
	for _, who := range []string{"Default", "Everyone", "Anonymous", ""} {
		if list, _ := Of(caseOf([]change{{activity.PermissionChange, "ModifyFolderPermissions", who, nil}})); len(list) != 0 {
			t.Errorf("%q: %+v", who, list)
		}
	}
}

package audit

import (
	"bytes"
	"strings"

	"triage/ingest/activity"
)

// operation is one row of the table of operations: what an Operation is in our words.
type operation struct {
	// verbs stand before the noun of an Exchange cmdlet, joined by a hyphen; "" for an operation written whole.
	verbs string
	// names are operations or nouns in lower case without closing full stops, separated by commas: Entra writes
	// "Add user." in this log and "Add user" in others.
	names string
	kind  activity.Type
	// params, if not empty, are lower-case parameters of which the record must have one; a row without follows for the
	// others.
	params string
	// owner says where an administrator's cmdlet names the mailbox it touches.
	owner owner
}

// owner says whose mailbox an operation touches, if the record has no MailboxOwnerUPN.
type owner uint8

const (
	ofActor    owner = iota // nobody else's
	ofIdentity              // the one in Identity
	ofRule                  // the one in Mailbox; Identity is the rule's
	ofAlert                 // the one the alert is about
)

const (
	anyVerb     = "new set remove enable disable"
	forwarding  = "forwardingsmtpaddress forwardingaddress delivertomailboxandforward"
	auditing    = "auditenabled auditlogagelimit auditowner auditdelegate auditadmin defaultauditset"
	holding     = "retentionpolicy litigationholdenabled retentionholdenabled singleitemrecoveryenabled retaindeleteditemsfor inplaceholds hiddenfromaddresslistsenabled messagecopyforsentasenabled messagecopyforsendonbehalfenabled"
	redirecting = "blindcopyto copyto redirectmessageto addtorecipients addmanagerasrecipienttype routemessageoutboundconnector"
)

// operations is the table. Names: Microsoft's "Audit log activities" and real exports; an operation that is not in it
// is other.
func operations() []operation {
	return []operation{
		// Mailbox audit (RecordType 2, 3, 50) and searches.
		{names: "mailitemsaccessed,folderbind", kind: activity.MailAccess},
		{names: "messagebind", kind: activity.Read},
		{names: "attachmentaccess", kind: activity.AttachmentOpen},
		{names: "send,sendas,sendonbehalf", kind: activity.Send},
		{names: "harddelete,softdelete,movetodeleteditems,recorddelete", kind: activity.Delete},
		{names: "move", kind: activity.Move},
		{names: "updateinboxrules", kind: activity.RuleChange},
		{names: "modifyfolderpermissions,addfolderpermissions,updatefolderpermissions,removefolderpermissions,updatecalendardelegation", kind: activity.PermissionChange},
		{names: "searchqueryinitiated,searchqueryinitiatedexchange,searchqueryinitiatedsharepoint,sharepointsearchqueryinitiated,searchqueryperformed", kind: activity.Search},
		{names: "searchcreated,searchupdated,searchstarted", kind: activity.Search},
		{names: "searchpreviewed,searchexported,searchexportdownloaded,viewedsearchpreviewed,viewedsearchexported,searchresultspurged", kind: activity.MailAccess},

		// Logons.
		{names: "userloggedin,userloginfailed,mailboxlogin,teamssessionstarted", kind: activity.Logon},

		// Exchange cmdlets.
		{verbs: anyVerb, names: "inboxrule,sweeprule", kind: activity.RuleChange, owner: ofRule},
		{verbs: "set", names: "mailbox", params: forwarding, kind: activity.ForwardingChange, owner: ofIdentity},
		{verbs: "set", names: "mailbox", params: "grantsendonbehalfto", kind: activity.PermissionChange, owner: ofIdentity},
		{verbs: "set", names: "mailbox", params: auditing, kind: activity.AuditChange, owner: ofIdentity},
		{verbs: "set", names: "mailbox", params: holding, kind: activity.PolicyChange, owner: ofIdentity},
		{verbs: "set", names: "mailbox", kind: activity.Other, owner: ofIdentity},
		{verbs: anyVerb, names: "transportrule", params: redirecting, kind: activity.ForwardingChange},
		{verbs: anyVerb, names: "transportrule", params: "setauditseverity", kind: activity.AuditChange},
		{verbs: anyVerb, names: "transportrule,journalrule,inboundconnector,outboundconnector,remotedomain", kind: activity.PolicyChange},
		{verbs: "add set remove", names: "mailboxpermission,recipientpermission,mailboxfolderpermission,adpermission,publicfolderclientpermission", kind: activity.PermissionChange, owner: ofIdentity},
		{verbs: anyVerb, names: "managementroleassignment,managementrole,rolegroup,roleassignmentpolicy", kind: activity.RoleChange},
		{verbs: "add remove update", names: "rolegroupmember,managementroleentry,ediscoverycaseadmin", kind: activity.RoleChange},
		{verbs: "set", names: "casmailbox,mailboxjunkemailconfiguration,mailboxautoreplyconfiguration", kind: activity.PolicyChange, owner: ofIdentity},
		{verbs: "set", names: "transportconfig", params: "smtpclientauthenticationdisabled", kind: activity.PolicyChange},
		{verbs: "set", names: "organizationconfig", params: "auditdisabled", kind: activity.AuditChange},
		{verbs: "set", names: "organizationconfig,casmailboxplan,accepteddomain,owamailboxpolicy,perimeterconfig", kind: activity.PolicyChange},
		{verbs: "set", names: "mailboxauditbypassassociation", kind: activity.AuditChange, owner: ofIdentity},
		{verbs: "set", names: "adminauditlogconfig", kind: activity.AuditChange},
		{verbs: anyVerb, names: "unifiedauditlogretentionpolicy", kind: activity.AuditChange},
		{verbs: anyVerb, names: "retentionpolicy,retentionpolicytag,retentioncompliancepolicy,retentioncompliancerule,holdcompliancepolicy,holdcompliancerule,caseholdpolicy,caseholdrule,dlppolicy,dlpcompliancepolicy,dlpcompliancerule,labelpolicy,protectionalert,activityalert", kind: activity.PolicyChange},
		{verbs: anyVerb, names: "antiphishpolicy,antiphishrule,safelinkspolicy,safelinksrule,safeattachmentpolicy,safeattachmentrule,atppolicyforo365,malwarefilterpolicy,malwarefilterrule,hostedcontentfilterpolicy,hostedcontentfilterrule,hostedoutboundspamfilterpolicy,hostedoutboundspamfilterrule,hostedconnectionfilterpolicy,tenantallowblocklistitems,tenantallowblocklistspoofitems,authenticationpolicy,clientaccessrule,applicationaccesspolicy,mobiledevicemailboxpolicy,dataencryptionpolicy,federationtrust,sharingpolicy,organizationrelationship", kind: activity.PolicyChange},
		{verbs: anyVerb, names: "mailuser,remotemailbox,distributiongroup,mailcontact", kind: activity.AccountChange},
		{verbs: "new remove enable disable", names: "mailbox", kind: activity.AccountChange},
		{verbs: "set", names: "user", kind: activity.AccountChange},
		{verbs: "new start", names: "compliancesearch,mailboxsearch", kind: activity.Search},
		{verbs: "new", names: "compliancesearchaction,mailboxexportrequest,mailboxrestorerequest", kind: activity.MailAccess},

		// Entra: applications and consent.
		{names: "consent to application", kind: activity.Consent},
		{names: "add service principal,update service principal,remove service principal,hard delete service principal,disable service principal,enable service principal", kind: activity.AppChange},
		{names: "add application,update application,delete application,hard delete application,restore application,update application - certificates and secrets management", kind: activity.AppChange},
		{names: "add service principal credentials,remove service principal credentials,update service principal - certificates and secrets management", kind: activity.AppChange},
		{names: "add owner to application,remove owner from application,add owner to service principal,remove owner from service principal,set verified publisher,unset verified publisher,add policy to service principal", kind: activity.AppChange},
		{names: "add delegated permission grant,remove delegated permission grant,update delegated permission grant,add delegation entry,set delegation entry,remove delegation entry,add oauth2permissiongrant,remove oauth2permissiongrant,revoke consent", kind: activity.AppChange},
		{names: "add app role assignment to service principal,add app role assignment grant to user,add app role assignment to group,remove app role assignment from service principal,remove app role assignment from user,remove app role assignment from group", kind: activity.AppChange},

		// Entra: roles.
		{names: "add member to role,remove member from role,add eligible member to role,remove eligible member from role,add scoped member to role,remove scoped member from role,add role definition,update role definition,delete role definition,add role assignment to role definition,remove role assignment from role definition,delete role assignment,update role,add role from template", kind: activity.RoleChange},
		{names: "add member to role in pim requested (permanent),add member to role in pim completed (permanent),add member to role in pim requested (timebound),add member to role in pim completed (timebound),add eligible member to role in pim requested (permanent),add eligible member to role in pim completed (permanent),add eligible member to role in pim requested (timebound),add eligible member to role in pim completed (timebound),add member to role completed (pim activation),add member to role requested (pim activation),add member to role outside of pim (permanent),user has elevated their access to user access administrator for their azure resources", kind: activity.RoleChange},

		// Entra: credentials and second factors.
		{names: "change user password,reset user password,set force change user password,reset password (by admin),reset password (self-service),change password (self-service),unlock user account (self-service),update stsrefreshtokenvalidfrom timestamp", kind: activity.CredentialChange},
		{names: "enable strong authentication,disable strong authentication,create application password for user,delete application password for user", kind: activity.CredentialChange},
		{names: "user registered security info,user registered all required security info,user deleted security info,user changed default security info,user updated security info,user started security info registration,user canceled security info registration,admin registered security info,admin updated security info,admin deleted security info,user registered for self-service password reset,user reviewed security info", kind: activity.CredentialChange},
		{names: "add passwordless phone sign-in credential,delete passwordless phone sign-in credential,add fido2 security key,delete fido2 security key,add windows hello for business credential,delete windows hello for business credential", kind: activity.CredentialChange},

		// Entra: accounts, groups, devices.
		{names: "update user", params: "strongauthenticationmethod strongauthenticationrequirement strongauthenticationuserdetails strongauthenticationphoneappdetail", kind: activity.CredentialChange},
		{names: "add user,update user,delete user,restore user,hard delete user,disable account,enable account,invite external user,invite internal user,redeem external user invite,change user license,set license properties,convert federated user to managed,update external secrets", kind: activity.AccountChange},
		{names: "add group,update group,delete group,add member to group,remove member from group,add owner to group,remove owner from group", kind: activity.AccountChange},
		{names: "add device,update device,delete device,register device,unregister device,add registered owner to device,remove registered owner from device,add registered users to device,remove registered users from device", kind: activity.AccountChange},

		// Entra: the tenant.
		{names: "set domain authentication,set federation settings on domain,add unverified domain,add verified domain,verify domain,remove unverified domain,remove verified domain,update domain,set company information,update company settings,update company,set company contact information,set company allowed data location,set password policy,set dirsync feature,set dirsyncenabled flag,set directory feature on tenant,add partner to company,remove partner from company,create company,set partnership,disable desktop sso,enable desktop sso,disable passthrough authentication,enable passthrough authentication", kind: activity.PolicyChange},
		{names: "add policy,added policy,update policy,delete policy,set default policy,add conditional access policy,update conditional access policy,delete conditional access policy,add named location,update named location,delete named location,update authorization policy,authentication methods policy update,update security defaults,disable security defaults,update cross tenant access setting,add a partner to cross-tenant access setting,add certificate based auth configuration,update certificate based auth configuration", kind: activity.PolicyChange},

		// SharePoint and OneDrive: anything done to a file is a file_access; what opens it to others is a share.
		{names: "fileaccessed,fileaccessedextended,filepreviewed,filedownloaded,filesyncdownloadedfull,filesyncdownloadedpartial,filecopied,fileuploaded,filesyncuploadedfull,filesyncuploadedpartial,filemodified,filemodifiedextended,filerenamed,filemoved,filerestored,filecheckedout,filecheckedin,folderdownloaded,foldercopied,foldermoved,folderrenamed", kind: activity.FileAccess},
		{names: "filedeleted,filerecycled,filedeletedfirststagerecyclebin,filedeletedsecondstagerecyclebin,fileversionsalldeleted,folderdeleted,folderrecycled,folderdeletedfirststagerecyclebin,folderdeletedsecondstagerecyclebin", kind: activity.FileAccess},
		{names: "sharingset,sharingrevoked,sharinginvitationcreated,sharinginvitationaccepted,sharinginvitationupdated,sharinginvitationrevoked,anonymouslinkcreated,anonymouslinkused,anonymouslinkupdated,anonymouslinkremoved,securelinkcreated,securelinkupdated,securelinkused,securelinkdeleted,addedtosecurelink,removedfromsecurelink,companylinkcreated,companylinkused,companylinkremoved,sharinglinkcreated,sharinglinkused,sharinglinkupdated,sharinglinkdeleted,accessrequestcreated,accessrequestapproved,accessinvitationcreated,accessinvitationaccepted,addedtogroup,sharinginheritancebroken", kind: activity.Share},
		{names: "sitecollectionadminadded,sitecollectionadminremoved,sitepermissionsmodified,permissionlevelmodified,permissionleveladded", kind: activity.PermissionChange},
		{names: "sharingpolicychanged,deviceaccesspolicychanged,networkaccesspolicychanged,unmanagedsyncclientblocked", kind: activity.PolicyChange},

		// Microsoft's own warnings, mail verdicts and clicks.
		{names: "alerttriggered,alertentitygenerated,alertupdated", kind: activity.Alert, owner: ofAlert},
		{names: "timaildata,atpdetection,usersubmission,airinvestigationdata", kind: activity.Alert},
		{names: "tiurlclickdata,urlclickdata", kind: activity.LinkClick},
	}
}

// vocabulary is the table of operations by name, for look-up. It is never changed after it is made.
type vocabulary struct {
	rows   map[string][]operation
	buffer []byte
}

func newVocabulary() *vocabulary {
	v := &vocabulary{rows: map[string][]operation{}}
	for _, row := range operations() {
		for name := range strings.SplitSeq(row.names, ",") {
			if row.verbs == "" {
				v.rows[name] = append(v.rows[name], row)
			}
			for verb := range strings.FieldsSeq(row.verbs) {
				v.rows[verb+"-"+name] = append(v.rows[verb+"-"+name], row)
			}
		}
	}
	return v
}

// look is what an operation is. has says whether the record has a parameter of a lower-case name.
func (v *vocabulary) look(name []byte, has func(param string) bool) operation {
	v.buffer = foldOperation(v.buffer[:0], name)
	for _, row := range v.rows[string(v.buffer)] {
		if row.params == "" {
			return row
		}
		for param := range strings.FieldsSeq(row.params) {
			if has(param) {
				return row
			}
		}
	}
	return operation{}
}

// foldOperation brings an operation's name into the table's form: lower case, an en dash as a hyphen, no full stop or
// space at its end.
func foldOperation(to, name []byte) []byte {
	name = bytes.TrimRight(name, " .\u00a0")
	for i := 0; i < len(name); i++ {
		c := name[i]
		if bytes.HasPrefix(name[i:], []byte("–")) {
			c, i = '-', i+len("–")-1
		}
		if 'A' <= c && c <= 'Z' {
			c += 'a' - 'A'
		}
		to = append(to, c)
	}
	return to
}

// ruleLike says whether an activity of this type is known by its parameters.
func ruleLike(t activity.Type) bool {
	switch t {
	case activity.RuleChange, activity.ForwardingChange, activity.PermissionChange, activity.Consent,
		activity.AppChange, activity.RoleChange, activity.CredentialChange, activity.AccountChange,
		activity.PolicyChange, activity.AuditChange:
		return true
	default:
		return false
	}
}

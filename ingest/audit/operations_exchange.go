package audit

import "triage/ingest/activity"

// mailboxOperations are what mailbox audit records (RecordType 2, 3, 50) and searches are.
func mailboxOperations() []operation {
	return []operation{
		{kind: activity.MailAccess, names: "mailitemsaccessed,folderbind"},
		{kind: activity.Read, names: "messagebind"},
		{kind: activity.AttachmentOpen, names: "attachmentaccess"},
		{kind: activity.Send, names: "send,sendas,sendonbehalf"},
		{kind: activity.Delete, names: "harddelete,softdelete,movetodeleteditems,recorddelete"},
		{kind: activity.Move, names: "move"},
		{kind: activity.RuleChange, names: "updateinboxrules"},
		{kind: activity.PermissionChange, names: "" +
			"modifyfolderpermissions,addfolderpermissions,updatefolderpermissions,removefolderpermissions," +
			"updatecalendardelegation"},
		{kind: activity.Search, names: "" +
			"searchqueryinitiated,searchqueryinitiatedexchange,searchqueryinitiatedsharepoint," +
			"sharepointsearchqueryinitiated,searchqueryperformed"},
		{kind: activity.Search, names: "searchcreated,searchupdated,searchstarted"},
		{kind: activity.MailAccess, names: "" +
			"searchpreviewed,searchexported,searchexportdownloaded,viewedsearchpreviewed,viewedsearchexported," +
			"searchresultspurged"},
	}
}

// logonOperations are sign-ins.
func logonOperations() []operation {
	return []operation{
		{kind: activity.Logon, names: "userloggedin,userloginfailed,mailboxlogin,teamssessionstarted"},
	}
}

// exchangeOperations are the cmdlets that an intruder in a mailbox, or an administrator, uses.
func exchangeOperations() []operation {
	return []operation{
		{verbs: anyVerb, kind: activity.RuleChange, owner: ofRule, names: "inboxrule,sweeprule"},
		{verbs: "set", kind: activity.ForwardingChange, params: forwarding, owner: ofIdentity, names: "mailbox"},
		{verbs: "set", kind: activity.PermissionChange, params: "grantsendonbehalfto", owner: ofIdentity, names: "" +
			"mailbox"},
		{verbs: "set", kind: activity.AuditChange, params: auditing, owner: ofIdentity, names: "mailbox"},
		{verbs: "set", kind: activity.PolicyChange, params: holding, owner: ofIdentity, names: "mailbox"},
		{verbs: "set", kind: activity.Other, owner: ofIdentity, names: "mailbox"},
		{verbs: anyVerb, kind: activity.ForwardingChange, params: redirecting, names: "transportrule"},
		{verbs: anyVerb, kind: activity.AuditChange, params: "setauditseverity", names: "transportrule"},
		{verbs: anyVerb, kind: activity.PolicyChange, names: "" +
			"transportrule,journalrule,inboundconnector,outboundconnector,remotedomain"},
		{verbs: "add set remove", kind: activity.PermissionChange, owner: ofIdentity, names: "" +
			"mailboxpermission,recipientpermission,mailboxfolderpermission,adpermission," +
			"publicfolderclientpermission"},
		{verbs: anyVerb, kind: activity.RoleChange, names: "" +
			"managementroleassignment,managementrole,rolegroup,roleassignmentpolicy"},
		{verbs: "add remove update", kind: activity.RoleChange, names: "" +
			"rolegroupmember,managementroleentry,ediscoverycaseadmin"},
		{verbs: "set", kind: activity.PolicyChange, owner: ofIdentity, names: "" +
			"casmailbox,mailboxjunkemailconfiguration,mailboxautoreplyconfiguration"},
		{verbs: "set", kind: activity.PolicyChange, params: "smtpclientauthenticationdisabled", names: "" +
			"transportconfig"},
		{verbs: "set", kind: activity.AuditChange, params: "auditdisabled", names: "organizationconfig"},
		{verbs: "set", kind: activity.PolicyChange, names: "" +
			"organizationconfig,casmailboxplan,accepteddomain,owamailboxpolicy,perimeterconfig"},
	}
}

// protectionOperations are the cmdlets that change what protects and records.
func protectionOperations() []operation {
	return []operation{
		{verbs: "set", kind: activity.AuditChange, owner: ofIdentity, names: "mailboxauditbypassassociation"},
		{verbs: "set", kind: activity.AuditChange, names: "adminauditlogconfig"},
		{verbs: anyVerb, kind: activity.AuditChange, names: "unifiedauditlogretentionpolicy"},
		{verbs: anyVerb, kind: activity.PolicyChange, names: "" +
			"retentionpolicy,retentionpolicytag,retentioncompliancepolicy,retentioncompliancerule," +
			"holdcompliancepolicy,holdcompliancerule,caseholdpolicy,caseholdrule,dlppolicy,dlpcompliancepolicy," +
			"dlpcompliancerule,labelpolicy,protectionalert,activityalert"},
		{verbs: anyVerb, kind: activity.PolicyChange, names: "" +
			"antiphishpolicy,antiphishrule,safelinkspolicy,safelinksrule,safeattachmentpolicy," +
			"safeattachmentrule,atppolicyforo365,malwarefilterpolicy,malwarefilterrule," +
			"hostedcontentfilterpolicy,hostedcontentfilterrule,hostedoutboundspamfilterpolicy," +
			"hostedoutboundspamfilterrule,hostedconnectionfilterpolicy,tenantallowblocklistitems," +
			"tenantallowblocklistspoofitems,authenticationpolicy,clientaccessrule,applicationaccesspolicy," +
			"mobiledevicemailboxpolicy,dataencryptionpolicy,federationtrust,sharingpolicy," +
			"organizationrelationship"},
	}
}

// mailSearchOperations are the cmdlets for accounts and for searching other people's mail.
func mailSearchOperations() []operation {
	return []operation{
		{verbs: anyVerb, kind: activity.AccountChange, names: "mailuser,remotemailbox,distributiongroup,mailcontact"},
		{verbs: "new remove enable disable", kind: activity.AccountChange, names: "mailbox"},
		{verbs: "set", kind: activity.AccountChange, names: "user"},
		{verbs: "new start", kind: activity.Search, names: "compliancesearch,mailboxsearch"},
		{verbs: "new", kind: activity.MailAccess, names: "" +
			"compliancesearchaction,mailboxexportrequest,mailboxrestorerequest"},
	}
}

package organization

// MembershipKey is membershipKey, for the vectors.
var MembershipKey = membershipKey

"""The calendar of a member of a workspace, which calendar programs read by a secret link: `links` makes and finds it,
`contents` says what stands in it."""

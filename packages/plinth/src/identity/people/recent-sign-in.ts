/** How long ago, in seconds, whoever takes people away or their data out may have signed in (ASVS 7.5.3). */
export const recentSignIn = { maxAgeSeconds: 900 } as const

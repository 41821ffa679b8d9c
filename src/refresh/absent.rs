//! Communities that we are not in any more. They may take us back, so what they have of their own is kept for a while.

use std::fs;

use super::{Order, RefreshError, Refresher, serving};
use crate::store::{CommunityId, now};

/// Who the audit log says it was.
const WHO: &str = "Discord";

impl Refresher {
    /// Takes note of the communities that we are not in any more, and forgets those in which we have not been for so
    /// many days: their settings and all that they have of their own, but not their audit log. Those that were forgotten.
    ///
    /// # Errors
    /// Where the database or the data folder fails; what is left is forgotten the next time.
    pub async fn forget_absent(
        &self,
        is_present: impl Fn(CommunityId) -> bool,
        days: u32,
    ) -> Result<Vec<CommunityId>, RefreshError> {
        let mut forgotten = Vec::new();
        for (community, since) in self.store.communities().await? {
            let of = self.of(community);
            let is_over = |since: i64| now() - since >= i64::from(days) * 86_400;
            if is_present(community) {
                if since.is_some() && self.store.end_absence(community).await? {
                    of.log(WHO, "return", "", "it has what it had").await?;
                }
            } else if since.is_some_and(is_over) {
                let _lock = of.lock(&Order::of(WHO)).await?;
                self.store.forget_community(community).await?;
                if self.store.end_absence(community).await? {
                    of.log(WHO, "forget", "", "settings and sources of its own").await?;
                }
                forgotten.push(community);
            } else if since.is_none() && self.store.note_absence(community).await? {
                of.log(WHO, "leave", "", &format!("what it has is kept for {days} days")).await?;
            }
        }
        self.delete_places().await?;
        Ok(forgotten)
    }

    /// Deletes the folders of communities to which nothing is served, whichever process forgot them.
    async fn delete_places(&self) -> Result<(), RefreshError> {
        let served = self.store.served().await?;
        for community in serving::communities(&self.data).into_keys().filter(|of| !served.contains_key(of)) {
            let of = self.of(community);
            let _lock = of.lock(&Order::of(WHO)).await?;
            // While its lock was waited for it may have been given its first source.
            if !self.store.served().await?.contains_key(&community) {
                fs::remove_dir_all(of.place())?;
            }
        }
        Ok(())
    }
}

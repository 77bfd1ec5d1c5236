//! 統合: incidents of one project told and mended as one, and taken apart again. Parent and children change in one
//! transaction; afterwards each child is told how its parent stands.

use super::case::{Case, Seen};
use super::{Done, input};
use crate::{Answer, Caller, Desk};
use domain::access::Right;
use domain::fact::NewFact;
use domain::ids::RecordKey;
use domain::incident::Incident;
use domain::incident::merging::together;
use domain::refusal::Refusal;
use store::{IncidentQuery, IncidentRow};

/// Incidents merged or taken apart in one act at most.
const CHILDREN_MAX: usize = 100;
/// Open incidents of a project that are looked at for what came together.
const OPEN_MAX: u32 = 500;

impl Desk {
    /// Merges incidents into this one, together with what was merged into them before.
    ///
    /// # Errors
    /// See [`Incident::merge`]; one named is not an incident of this customer.
    pub async fn merge(&self, caller: &Caller, key: &RecordKey, input: &input::Merge) -> Answer<Done> {
        let mut case = self.open(caller, Right::Operate, key, Seen::At(input.version)).await?;
        for name in named(&input.children)? {
            let child = case.relative(&name).await?;
            let grandchildren: Vec<RecordKey> = child.merged_children().map(|it| it.key.clone()).collect();
            let sides = case.incident.merge(&case.by, &child)?;
            for grandchild in grandchildren {
                case.carry_over(&child, &grandchild).await?;
            }
            // What was carried over is a fact of the child, too.
            let child = case.relative(&name).await?;
            case.put_on(child, sides.child).await?;
            case.put(sides.parent).await?;
        }
        case.tell_children().await?;
        case.done().await
    }

    /// Takes incidents out of this one; those go on where they stood.
    ///
    /// # Errors
    /// See [`Incident::separate`].
    pub async fn separate(&self, caller: &Caller, key: &RecordKey, input: &input::Separation) -> Answer<Done> {
        let mut case = self.open(caller, Right::Operate, key, Seen::At(input.version)).await?;
        for name in named(&input.children)? {
            let child = case.relative(&name).await?;
            let sides = case.incident.separate(&case.by, &child)?;
            case.put_on(child, sides.child).await?;
            case.put(sides.parent).await?;
        }
        case.done().await
    }

    /// The open incidents of the same project that came within five minutes of each other, this one among them, the earliest
    /// first; empty where it came alone.
    pub(super) async fn came_together(&self, incident: &Incident, row: &IncidentRow) -> Answer<Vec<IncidentRow>> {
        if incident.state.is_final() {
            return Ok(vec![]);
        }
        let project = Some(row.project.clone());
        let query = IncidentQuery { open: Some(true), project, ..IncidentQuery::default() };
        let rows = self.store.staff(std::slice::from_ref(&row.tenant)).incidents(&query, OPEN_MAX).await?;
        let rows: Vec<IncidentRow> = rows.into_iter().filter(|row| row.merged_into.is_none()).collect();
        let groups = together(rows.iter().map(|row| (row.key.clone(), row.alert_at)).collect());
        let Some(group) = groups.into_iter().find(|group| group.contains(&row.key)) else { return Ok(vec![]) };
        let found = group.iter().filter_map(|key| rows.iter().find(|row| row.key == *key));
        Ok(found.cloned().collect())
    }
}

fn named(children: &[String]) -> Result<Vec<RecordKey>, Refusal> {
    let mut keys: Vec<RecordKey> = vec![];
    for name in children.iter().map(|name| name.trim()).filter(|name| !name.is_empty()) {
        let key = RecordKey::new(name);
        if !keys.contains(&key) {
            keys.push(key);
        }
    }
    if keys.is_empty() || keys.len() > CHILDREN_MAX {
        return Err(Refusal::invalid(
            "children",
            format!("障害を1件以上、{CHILDREN_MAX}件以下で選んでください。"),
            format!("Choose at least one incident and at most {CHILDREN_MAX}."),
        ));
    }
    Ok(keys)
}

impl Case<'_> {
    /// Another incident of the same customer.
    async fn relative(&mut self, key: &RecordKey) -> Answer<Incident> {
        let facts = self.write.record_facts(key).await?;
        let found = Incident::fold(&facts)?;
        Ok(found.ok_or_else(|| {
            Refusal::invalid(
                "children",
                format!("{key} はこのお客様の障害ではありません。番号を確認してください。"),
                format!("{key} is no incident of this customer. Check its number."),
            )
        })?)
    }

    /// Writes facts about another incident into the same transaction, with all that follows from them.
    async fn put_on(&mut self, other: Incident, facts: Vec<NewFact>) -> Answer<()> {
        if facts.is_empty() {
            return Ok(());
        }
        let own = std::mem::replace(&mut *self.incident, other);
        let result = Box::pin(self.put(facts)).await;
        *self.incident = own;
        result
    }

    /// What was merged into `child` goes on in this incident.
    async fn carry_over(&mut self, child: &Incident, grandchild: &RecordKey) -> Answer<()> {
        let grandchild = self.relative(grandchild).await?;
        let apart = child.separate(&self.by, &grandchild)?;
        let sides = self.incident.adopt(&self.by, &grandchild);
        let child = self.relative(&child.key).await?;
        self.put_on(child, apart.parent).await?;
        self.put_on(grandchild, sides.child).await?;
        self.put(sides.parent).await
    }

    /// Tells everything merged into this incident how it stands now.
    pub(super) async fn tell_children(&mut self) -> Answer<()> {
        let standing = self.incident.standing();
        let children: Vec<RecordKey> = self.incident.merged_children().map(|child| child.key.clone()).collect();
        for key in children {
            let child = self.relative(&key).await?;
            let facts = child.follow(standing, &self.by);
            self.put_on(child, facts).await?;
        }
        Ok(())
    }
}

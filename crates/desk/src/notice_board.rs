//! お知らせ: what the desk posts for everybody of a project (R-5.4.1-3).

use crate::desk::read_paper;
use crate::tenant::record;
use crate::{Answer, Caller, Change, Desk, Recorded};
use domain::access::Right;
use domain::calendar::Calendar;
use domain::ids::ProjectKey;
use domain::notice_board::{NoticeBoard, Post};
use domain::paper::Paper;
use domain::refusal::Refusal;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use store::ProjectRow;
use utoipa::ToSchema;

/// A notice to post: the same struct for the API's JSON and the page's form.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields, default)]
pub struct NewPost {
    /// 件名
    #[schema(required)]
    pub title: String,
    /// 本文
    #[schema(required)]
    pub text: String,
    /// The last day on which it is shown; none for as long as it stands.
    #[schema(value_type = Option<String>, format = Date)]
    pub until: Option<Date>,
}

/// A notice to take down.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields, default)]
pub struct TakenDown {
    /// Its place on the board, from 1.
    #[schema(required)]
    pub place: u32,
    /// The version of the board on which it has this place.
    #[schema(required)]
    pub version: u32,
}

/// The board of one project.
#[derive(Clone, Debug)]
pub struct BoardView {
    /// The customer's name.
    pub customer: String,
    /// The project.
    pub project: ProjectRow,
    /// Whether the reader may post.
    pub may_post: bool,
    /// Version of the board; 0 where nothing was posted yet.
    pub version: u32,
    /// Notices that are shown today, each with its place on the board, from 1.
    pub posts: Vec<(u32, Post)>,
}

/// Who posts: the support centre and whoever agrees on papers.
const POST: [Right; 2] = [Right::Operate, Right::Agree];

impl Desk {
    /// The boards of the projects that the caller reaches, with what they show today.
    ///
    /// # Errors
    /// The database does not answer.
    pub async fn notice_boards(&self, caller: &Caller) -> Answer<Vec<BoardView>> {
        let today = Calendar::default().date_of(self.now().await?);
        let mut boards = vec![];
        for view in self.tenants(caller, Right::ReadPublished).await? {
            if view.tenant.is_provider() {
                continue;
            }
            let tenant = &view.tenant.id;
            let may_post = POST.iter().any(|right| caller.enter(tenant, *right).is_ok());
            for project in view.projects {
                let rows = self.store.tenant(tenant).versions(NoticeBoard::KIND, project.key.as_str()).await?;
                let (version, board) = rows.first().map(read_paper::<NoticeBoard>).transpose()?.unwrap_or_default();
                let shown: Vec<&Post> = board.on(today).collect();
                let placed = (1..).zip(&board.posts).filter(|(_, post)| shown.contains(post));
                let posts = placed.map(|(place, post)| (place, post.clone())).collect();
                boards.push(BoardView { customer: view.tenant.name.clone(), project, may_post, version, posts });
            }
        }
        Ok(boards)
    }

    /// Posts a notice on the board of a project.
    ///
    /// # Errors
    /// It has no title or text, its last day is over, or the project is out of reach.
    pub async fn post_notice(&self, caller: &Caller, project: &ProjectKey, input: &NewPost) -> Answer<Recorded> {
        let scope = self.enter_project(caller, project, &POST).await?;
        let mut write = self.begin(&scope.tenant).await?;
        let posted = Calendar::default().date_of(write.now());
        let rows = write.versions(NoticeBoard::KIND, project.as_str()).await?;
        let (_, mut board) = rows.first().map(read_paper::<NoticeBoard>).transpose()?.unwrap_or_default();
        let (title, text) = (input.title.trim().to_owned(), input.text.trim().to_owned());
        board.posts.insert(0, Post { title, text, posted, until: input.until });
        board.validate()?;
        let now = write.now();
        let version = record(&mut write, project.as_str(), &board, now, &scope.actor).await?;
        let recorded = Recorded { version };
        self.commit(write, &recorded).await?;
        self.ring(Change::Act);
        Ok(recorded)
    }

    /// Takes a notice down. The versions before keep it.
    ///
    /// # Errors
    /// The board changed since, there is no such place, or the project is out of reach.
    pub async fn take_down_notice(&self, caller: &Caller, project: &ProjectKey, input: TakenDown) -> Answer<Recorded> {
        let scope = self.enter_project(caller, project, &POST).await?;
        let mut write = self.begin(&scope.tenant).await?;
        let rows = write.versions(NoticeBoard::KIND, project.as_str()).await?;
        let (version, mut board) = rows.first().map(read_paper::<NoticeBoard>).transpose()?.unwrap_or_default();
        let place = usize::try_from(input.place).ok().and_then(|place| place.checked_sub(1));
        let Some(place) = place.filter(|place| *place < board.posts.len() && version == input.version) else {
            return Err(Refusal::invalid(
                "version",
                "お知らせが変わっています。画面を開き直してください。",
                "The board has changed. Open it again.",
            )
            .into());
        };
        board.posts.remove(place);
        let now = write.now();
        let version = record(&mut write, project.as_str(), &board, now, &scope.actor).await?;
        let recorded = Recorded { version };
        self.commit(write, &recorded).await?;
        self.ring(Change::Act);
        Ok(recorded)
    }
}

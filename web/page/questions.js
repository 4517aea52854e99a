/** A ready query for each question that the API exists to answer. */
export const QUESTIONS = [
  {
    title: 'How old is the data, what can it answer, whom must I attribute?',
    query: `{
  snapshot {
    id catalogue synthetic asOf createdAt dataYear movieCount quarantined deadLetters
    attribution notes
    coverage { field known }
  }
}`,
  },
  {
    title: 'How many films has each genre, and which has most?',
    query: `{
  genres { name movieCount }
}`,
  },
  {
    title: 'How have two genres moved since 1980?',
    query: `query Trends($genres: [String!], $from: Int) {
  genreTrends(genres: $genres, fromYear: $from) {
    genre
    points { year movieCount share index voteAverage }
  }
}`,
    variables: { genres: ['Drama', 'Comedy'], from: 1980 },
  },
  {
    title: 'Who appeared in the most films in a year, who directed most?',
    query: `query People($year: Int) {
  actors: people(role: ACTOR, year: $year, first: 5) { rank name movieCount person { id } }
  directors: people(role: DIRECTOR, year: $year, first: 5) { rank name movieCount person { id } }
}`,
    variables: { year: 2010 },
  },
  {
    title: 'Which films with a budget above $100 M returned most?',
    query: `query Returns($minBudget: Float) {
  roiRanking(minBudget: $minBudget, first: 10) {
    rank roi budget revenue
    movie { title year }
  }
}`,
    variables: { minBudget: 100000000 },
  },
  {
    title: 'Which ten genres will be most popular next year, and how sure is that?',
    query: `{
  genreForecast(first: 10) {
    year model trainedThrough
    ranking { rank genre index lower upper lower95 upper95 }
  }
}`,
  },
  {
    title: 'How good are the models, beside their baselines?',
    query: `{
  models {
    name task served rows seconds
    metrics { name value baseline baselineValue }
  }
}`,
  },
  {
    title: 'How would a drama of 110 minutes for $20 M be rated, and why?',
    query: `query Rating($movie: MovieInput!) {
  predictRating(movie: $movie) {
    rating lower upper level good probabilityGood threshold model unknown
    reasons { feature value effect }
  }
}`,
    variables: {
      movie: {
        genres: ['Drama'],
        year: 2012,
        runtime: 110,
        budget: 20000000,
        directors: ['Clint Eastwood'],
        cast: ['Matt Damon'],
      },
    },
  },
  {
    title: 'Would it earn its budget?',
    query: `query Revenue($movie: MovieInput!) {
  predictRevenue(movie: $movie) {
    revenue lower upper level probabilityProfit model unknown
    reasons { feature value effect }
  }
}`,
    variables: { movie: { genres: ['Drama'], year: 2012, runtime: 110, budget: 20000000 } },
  },
  {
    title: 'All films of a person, by year, with money and ratings',
    query: `query Films($person: String) {
  movies(filter: { person: $person }, orderBy: { field: RELEASE_DATE, direction: ASC }, first: 100) {
    totalCount
    nodes { title year budget revenue roi voteAverage voteCount }
  }
}`,
    variables: { person: 'Clint Eastwood' },
  },
  {
    title: 'What would I like, having rated these films?',
    query: `query Like($ratings: [RatingInput!]!) {
  recommend(ratings: $ratings, first: 10) {
    predictedRating
    movie { title year }
  }
}`,
    variables: {
      ratings: [
        { movieId: 597, rating: 4 },
        { movieId: 19995, rating: 2 },
      ],
    },
  },
  {
    title: 'Page 40 of the thrillers of 1990–1999 with at least 100 votes, best rated first',
    query: `query Thrillers($offset: Int) {
  movies(
    filter: { genres: ["Thriller"], fromYear: 1990, toYear: 1999, minVoteCount: 100 }
    orderBy: { field: VOTE_AVERAGE }
    first: 5
    offset: $offset
  ) {
    totalCount
    pageInfo { hasNextPage endCursor }
    nodes { title year voteAverage voteCount }
  }
}`,
    variables: { offset: 195 },
  },
  {
    title: '… and the next page, by its cursor',
    query: `query Next($after: String) {
  movies(
    filter: { genres: ["Thriller"], fromYear: 1990, toYear: 1999, minVoteCount: 100 }
    orderBy: { field: VOTE_AVERAGE }
    first: 5
    after: $after
  ) {
    pageInfo { hasNextPage endCursor }
    nodes { title year voteAverage voteCount }
  }
}`,
    variables: { after: null },
  },
  {
    title: 'Films with "amelie" in the title, typed without the accent',
    query: `{
  movies(filter: { title: "amelie" }) {
    totalCount
    nodes { id title originalTitle year }
  }
}`,
  },
  {
    title: 'What are the runs doing now?',
    query: `{
  runs(first: 3) {
    id status catalogue startedAt notice failure temporalUrl
    tasks { name status done total ratePerSecond etaSeconds lastFailure }
  }
}`,
  },
  {
    title: '… and tell me when that changes (subscription; put in a run’s id)',
    query: `subscription Progress($id: ID!) {
  runProgress(id: $id) {
    status notice
    tasks { name status done total etaSeconds }
  }
}`,
    variables: { id: '' },
  },
  {
    title: 'Start a run',
    query: `mutation Start($input: StartRunInput) {
  startRun(input: $input) { id status temporalUrl }
}`,
    variables: { input: {} },
  },
  {
    title: 'Which films failed, and why?',
    query: `{
  deadLetters(first: 20) {
    totalCount
    nodes { id status attempts message }
  }
}`,
  },
  {
    title: 'Slow a run to 10 requests a second',
    query: `mutation Slow($id: ID!) {
  setRate(id: $id, ratePerSecond: 10) { id status notice }
}`,
    variables: { id: '' },
  },
  {
    title: 'The declared tasks',
    query: `{
  pipeline {
    tasks { name kind after queue }
    mermaid
  }
}`,
  },
];

import { startRails, whyNoRails } from "../lib/rails.js";

export const whyNot = whyNoRails;

/** What `rails generate authentication` of Rails 8 makes, of which the page needs; and the app's own API. */
const more = {
  "app/controllers/concerns/authentication.rb": `
module Authentication
  extend ActiveSupport::Concern

  included do
    before_action :require_authentication
    helper_method :authenticated?
  end

  class_methods do
    def allow_unauthenticated_access(**options)
      skip_before_action :require_authentication, **options
    end
  end

  private

  def authenticated? = resume_session
  def require_authentication = resume_session || request_authentication
  def resume_session = Current.session ||= find_session_by_cookie
  def find_session_by_cookie = (Session.find_by(id: cookies.signed[:session_id]) if cookies.signed[:session_id])

  def start_new_session_for(user)
    user.sessions.create!(user_agent: request.user_agent, ip_address: request.remote_ip).tap do |session|
      Current.session = session
      cookies.signed.permanent[:session_id] = { value: session.id, httponly: true, same_site: :lax }
    end
  end

  def terminate_session
    Current.session.destroy
    cookies.delete(:session_id)
  end
end`,
  "app/models/current.rb": `
class Current < ActiveSupport::CurrentAttributes
  attribute :session
  delegate :user, to: :session, allow_nil: true
end`,
  "app/models/session.rb": `
class Session < ActiveRecord::Base
  belongs_to :user
end`,
  // Rails has `authenticate_by` since 7.1.
  "app/models/user.rb": `
class User < ActiveRecord::Base
  has_secure_password
  has_many :sessions, dependent: :destroy
  def self.authenticate_by(given) = find_by(email_address: given[:email_address])&.authenticate(given[:password]) || nil
end`,
  "app/controllers/orders_controller.rb": `
class OrdersController < ApplicationController
  ITEMS = []

  def index = render(json: ITEMS)

  def create
    ITEMS << params[:item]
    render json: { item: params[:item] }, status: :created
  end
end`,
};

const tables = `
create_table :users do |t|
  t.string :name
  t.string :email_address, null: false
  t.string :password_digest, null: false
end
create_table :sessions do |t|
  t.references :user
  t.string :ip_address
  t.string :user_agent
end`;

/** The page's routes stand in an app that has others. */
const adjust = (path, code) =>
  path === "config/routes.rb" ? `Rails.application.routes.draw do\n${code}\nresources :orders, only: [ :index, :create ]\nend` : code;

export async function start(page) {
  const seed = 'User.create!(name: "Ada", email_address: "ada@example.com", password: "correct horse")';
  const server = await startRails(page, { tables, seed, more, adjust });
  return {
    ...server,
    scope: { email: "ada@example.com", password: "correct horse" },
    credentials: { email_address: "ada@example.com", password: "correct horse" },
    wrong: { email_address: "ada@example.com", password: "wrong" },
    user: { id: 1, name: "Ada" },
    api: "/orders",
    order: { item: "milk" },
    session: "session_id",
  };
}
